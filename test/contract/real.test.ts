import t from 'tap';
import { contract } from './contract.ts';
import { realWorld } from './real-world.ts';

contract(t, realWorld);
