// Every *.scenario there is.

import { readdirSync, readFileSync } from 'node:fs';
import { parseScenario, type Scenario } from '../../src/testing/scenario.ts';

const directory = new URL('../../../test/scenarios/', import.meta.url);

export const allScenarios = (): (Scenario & { readonly name: string })[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.scenario'))
    .map((name) => ({ name, ...parseScenario(readFileSync(new URL(name, directory), 'utf8')) }));

/** It ends the same whatever is lost on the way. How often a rival is noticed depends on what is seen of it. */
export const isLawful = ({ name }: { readonly name: string }): boolean =>
  !name.startsWith('rival-');

export const lawfulScenarios = (): ReturnType<typeof allScenarios> =>
  allScenarios().filter(isLawful);
