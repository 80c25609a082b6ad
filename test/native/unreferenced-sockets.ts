// A program for event-sockets.test.ts: opens one socket of each kind, and has nothing else to do.

import { loadAddon } from '../../src/kernel/addon.ts';

const [, , netns = ''] = process.argv;
const addon = loadAddon();
new addon.PathManagerEventSocket(() => {}, { netns }).unref();
new addon.CommandSocket(() => {}, { netns }).unref();
new addon.RouteEventSocket(() => {}, [1], { netns }).unref();
new addon.DiagSocket({ netns });
