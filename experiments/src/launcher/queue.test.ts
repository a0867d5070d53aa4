import { expect, it } from 'vitest';
import { livenessOf, parseQueue, taskNumbers } from './queue.js';

const job = (fields: object) => ({
  job_id: 2,
  name: 'pixelrnn-table4-1a2b3c4d-1',
  array_job_id: 1,
  array_task_id: null,
  array_task_string: '',
  job_state: 'RUNNING',
  state_reason: 'None',
  nodes: 'n1',
  restart_cnt: 0,
  ...fields,
});
const parse = (...jobs: object[]) => parseQueue(JSON.stringify({ meta: {}, errors: [], jobs }));

it('gives every task of array jobs, those that wait together too', () => {
  const waiting = {
    array_task_string: '2-3,7%2',
    job_state: 'PENDING',
    state_reason: 'Resources',
    nodes: '',
  };
  const single = job({ array_job_id: 0 });
  expect(parse(job({ array_task_id: 1, restart_cnt: 2 }), job(waiting), single)).toEqual([
    {
      name: 'pixelrnn-table4-1a2b3c4d-1',
      job: 1,
      task: 1,
      state: 'RUNNING',
      reason: 'None',
      nodes: 'n1',
      restarts: 2,
    },
    ...[2, 3, 7].map((task) => ({
      name: 'pixelrnn-table4-1a2b3c4d-1',
      job: 1,
      task,
      state: 'PENDING',
      reason: 'Resources',
      nodes: '',
      restarts: 0,
    })),
  ]);
});

it('reads the numbers and lists of states of later versions', () => {
  const number = (value: number | null) => ({ set: value !== null, infinite: false, number: value ?? 0 });
  const later = job({
    array_job_id: number(12),
    array_task_id: number(0),
    job_state: ['CANCELLED', 'COMPLETING'],
  });
  expect(parse(later)).toMatchObject([{ job: 12, task: 0, state: 'COMPLETING' }]);
  expect(parse(job({ array_job_id: number(null), array_task_id: number(null) }))).toEqual([]);
});

it('names what it cannot read', () => {
  expect(() => parseQueue('slurm_load_jobs error')).toThrow('squeue --json should tell of jobs');
  expect(() => parseQueue('{"jobs": [{"name": "a"}]}')).toThrow('array_job_id');
  expect(() => parse(job({ array_task_string: '1-3,...' }))).toThrow('expected numbers such as 0-3,7');
});

it.each([
  ['0', [0]],
  ['0-3,7', [0, 1, 2, 3, 7]],
  ['[1-7:3,9%2]', [1, 4, 7, 9]],
])('%s are tasks %j', (text, numbers) => expect(taskNumbers(text)).toEqual(numbers));

it('knows which states are over, wait and run', () => {
  expect(['PENDING', 'REQUEUED', 'RUNNING', 'COMPLETING', 'SUSPENDED', 'TIMEOUT'].map(livenessOf)).toEqual([
    'waiting',
    'waiting',
    'running',
    'running',
    'running',
    'over',
  ]);
});
