import t from 'tap';
import { PATIENCE } from '../lab/until.ts';
import { contract } from './contract.ts';
import { endpointContract } from './endpoints.ts';
import { joinedContract } from './joined.ts';
import { oddities } from './oddities.ts';
import { realServer } from './real-server.ts';
import { realWorld } from './real-world.ts';

t.setTimeout(120_000 * PATIENCE);

contract(t, realWorld);
endpointContract(t, realWorld);
oddities(t, realWorld);
joinedContract(t, realServer);
