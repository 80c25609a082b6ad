import t from 'tap';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { oddities } from './oddities.ts';
import { scriptedWorld } from './scripted-world.ts';

contract(t, scriptedWorld);
endpointContract(t, scriptedWorld);
oddities(t, scriptedWorld);
