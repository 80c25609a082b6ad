import t from 'tap';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { oddities } from './oddities.ts';
import { realWorld } from './real-world.ts';

contract(t, realWorld);
endpointContract(t, realWorld);
oddities(t, realWorld);
