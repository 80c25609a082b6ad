import t from 'tap';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { joinedContract } from './joined.ts';
import { oddities } from './oddities.ts';
import { scriptedServer } from './scripted-server.ts';
import { scriptedWorld } from './scripted-world.ts';

contract(t, scriptedWorld);
endpointContract(t, scriptedWorld);
oddities(t, scriptedWorld);
joinedContract(t, scriptedServer);
