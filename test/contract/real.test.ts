import t from 'tap';
import { PATIENCE } from '../lab/until.ts';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { realWorld } from './real-world.ts';

t.setTimeout(120_000 * PATIENCE);

contract(t, realWorld);
endpointContract(t, realWorld);
