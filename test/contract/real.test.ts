import t from 'tap';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { realWorld } from './real-world.ts';

contract(t, realWorld);
endpointContract(t, realWorld);
