import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KernelClient } from './testing/kernelClient.js';
import { sampleFolder } from './testing/sampleFolder.js';
import { hasPython, startKernel } from './testing/startKernel.js';

let kernel: KernelClient;
let sample: Awaited<ReturnType<typeof sampleFolder>>;

const history = { raw: true, output: false, hist_access_type: 'tail', n: 10 };

/** Sends one that JupyterLab sends and one that nobody does; resolves with their ids. */
const sendUnknown = async (channel: 'shell' | 'control') => [
  await kernel.send(channel, 'history_request', history),
  await kernel.send(channel, 'no_such_request'),
];

/** Everything that was published for a request that only makes the kernel busy for a moment. */
async function expectStatesAlone(id: string): Promise<void> {
  await kernel.until(() => kernel.of(id).some(({ content }) => content.execution_state === 'idle'));
  expect(kernel.of(id).map(({ type, content }) => [type, content])).toEqual([
    ['status', { execution_state: 'busy' }],
    ['status', { execution_state: 'idle' }],
  ]);
}

describe.skipIf(!hasPython).each(['shell', 'control'] as const)(
  'a request of an unknown type, on %s',
  (channel) => {
    beforeAll(async () => {
      sample = await sampleFolder();
      kernel = await startKernel(sample.folder);
    }, 600_000);
    afterAll(async () => {
      await kernel?.close();
      await sample?.remove();
    });

    test('leaves the output of the cell that runs, and what the cell warns of itself, as they are', async () => {
      const cell = await kernel.request('execute', {
        code: `console.log('ready');
console.warn('its own warning');
await new Promise((r) => setTimeout(r, 300));
console.warn('and another');
'its end'`,
      });
      await kernel.until(() => kernel.of(cell).some(({ content }) => content.text === 'ready\n'));
      const unknown = await sendUnknown(channel);
      const complete = await kernel.request('complete', { code: 'conso', cursor_pos: 5 });
      const { reply, text, of } = await kernel.answer(cell);
      expect(reply.status).toBe('ok');
      expect([text('stdout'), text('stderr')]).toEqual(['ready\n', 'its own warning\nand another\n']);
      expect(of('execute_result')[0].data['text/plain']).toBe("'its end'");
      expect((await kernel.answer(complete)).reply.matches).toEqual(['console']);
      for (const id of unknown) await expectStatesAlone(id);
    });

    test('between cells leaves the kernel alive, and what comes after it is answered', async () => {
      for (const id of await sendUnknown(channel)) await expectStatesAlone(id);
      const { reply, of, text } = await kernel.run("console.warn('heard'); 40 + 2");
      expect([reply.status, of('execute_result')[0].data['text/plain'], text('stderr')]).toEqual([
        'ok',
        '42',
        'heard\n',
      ]);
      expect(await kernel.alive()).toBe(true);
    });
  },
);
