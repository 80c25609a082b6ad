import t from 'tap';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { joinedContract } from './joined.ts';
import { oddities } from './oddities.ts';
import { realServer } from './real-server.ts';
import { realWorld } from './real-world.ts';

contract(t, realWorld);
endpointContract(t, realWorld);
oddities(t, realWorld);
joinedContract(t, realServer);
