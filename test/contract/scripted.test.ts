import t from 'tap';
import { contract } from './contract.ts';
import { scriptedWorld } from './scripted-world.ts';

contract(t, scriptedWorld);
