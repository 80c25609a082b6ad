// What a policy document may say: the one description that validation, the types and the JSON Schema come from.

import * as z from 'zod';
import { DURATION, MAX_DURATION, parseDuration } from './duration.ts';
import { compileGlob } from './glob.ts';

const glob = z
  .string()
  .describe('an interface name or a glob such as "wlan*"')
  .transform((text, context) => {
    try {
      return compileGlob(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

const DURATION_FORM = 'a number with ms, s, m or h, such as 2s';

const duration = z
  .string()
  .regex(DURATION, { error: DURATION_FORM })
  .describe(DURATION_FORM)
  .transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds <= MAX_DURATION) return milliseconds;
    context.addIssue({ code: 'custom', message: 'no more than a day (24h) is possible' });
    return z.NEVER;
  });

const PORT_FORM = 'a port from 1 to 65535';

const port = z
  .int({ error: PORT_FORM })
  .min(1, { error: PORT_FORM })
  .max(65_535, { error: PORT_FORM })
  .describe(PORT_FORM);

const match = z.strictObject({
  name: z
    .union([glob, z.array(glob).min(1)])
    .describe('an interface name, a glob such as "wlan*", or a list of them'),
});

const addresses = z.strictObject({
  scope: z
    .enum(['global', 'link'])
    .default('global')
    .describe('link takes addresses that are valid on their link alone, too'),
  families: z
    .array(z.enum(['ipv4', 'ipv6']))
    .min(1)
    .default(['ipv4', 'ipv6'])
    .describe('the families of addresses that are used'),
});

const ready = z.strictObject({
  route: z
    .enum(['none', 'default'])
    .default('none')
    .describe('default: used only while a default route goes through the interface'),
  settle: duration
    .prefault('2s')
    .describe('how long a return after a loss must last before the interface is used again'),
});

export const interfaceDocument = z
  .strictObject({
    interface: match.describe(
      'which interfaces this document is for; the first that matches decides',
    ),
    role: z
      .enum(['active', 'backup', 'standby', 'off'])
      .describe(
        'active is used, backup is joined and waits, standby is joined when no active one is left, off is never used',
      ),
    addresses: addresses.prefault({}).describe('which addresses of the interface are used'),
    ready: ready.prefault({}).describe('when the interface can be used'),
    announce: z
      .union([z.boolean(), z.strictObject({ port })])
      .describe('true, false, or a mapping with port')
      .default(false)
      .describe('tell clients of servers on this host that they can join here'),
  })
  .describe('what the interfaces of some names are used for');

export const settingsDocument = z
  .strictObject({
    settings: z.strictObject({
      manager: z
        .enum(['auto', 'userspace', 'kernel'])
        .default('auto')
        .describe(
          'userspace: subflowd decides for each connection; kernel: it keeps the endpoints of the in-kernel path manager; auto: userspace where the kernel has it',
        ),
    }),
  })
  .describe('what holds for subflowd as a whole');

export type SettingsDocument = z.output<typeof settingsDocument>;

export type InterfaceDocument = z.output<typeof interfaceDocument>;
