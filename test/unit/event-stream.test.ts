import t from 'tap';
import { EventStream } from '../../src/kernel/event-stream.ts';
import type { PathManagerEvent } from '../../src/model/event.ts';

const closed = (token: number): PathManagerEvent => ({ kind: 'closed', token });

const open = () => {
  const ended: string[] = [];
  const stream = new EventStream<PathManagerEvent>(() => ended.push('ended'));
  return { stream, ended };
};

t.test('events wait for a reader, and a reader for events, in order', async (t) => {
  const { stream } = open();
  stream.push([closed(1), closed(2)]);
  t.same(await stream.next(), { done: false, value: closed(1) });
  t.same(await stream.next(), { done: false, value: closed(2) });
  const later = [stream.next(), stream.next()];
  stream.push([closed(3)]);
  stream.push([closed(4), closed(5)]);
  t.same(
    (await Promise.all(later)).map(({ value }) => value),
    [closed(3), closed(4)],
  );
  t.same(await stream.next(), { done: false, value: closed(5) });
});

t.test('an end lets what waits be read, and nothing more', async (t) => {
  const { stream, ended } = open();
  stream.push([closed(1)]);
  stream.end();
  stream.end();
  stream.push([closed(2)]);
  const seen: unknown[] = [];
  for await (const event of stream) seen.push(event);
  t.same(seen, [closed(1)]);
  t.same(ended, ['ended']);
});

t.test('leaving a loop ends the stream', async (t) => {
  const { stream, ended } = open();
  stream.push([closed(1), closed(2)]);
  for await (const event of stream) {
    t.same(event, closed(1));
    break;
  }
  t.same(ended, ['ended']);
  t.same(await stream.next(), { done: true, value: undefined });
});

t.test('more than can wait becomes one loss', async (t) => {
  const { stream } = open();
  for (let token = 0; token <= 65_536; token++) stream.push([closed(token)]);
  stream.push([closed(7)]);
  t.match(await stream.next(), { value: { kind: 'lost', reason: /65536 events/ } });
  t.same(await stream.next(), { done: false, value: closed(7) });
});
