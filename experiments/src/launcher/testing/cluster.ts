// A Slurm cluster of this machine alone: one munged, one slurmctld and three slurmds, started as root, without systemd.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { constants, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const nodes = ['n1', 'n2', 'n3'] as const;
export type NodeName = (typeof nodes)[number];

/** What its daemons, its commands and its jobs have in their environment. */
export type ClusterEnvironment = NodeJS.ProcessEnv & { SLURM_CONF: string };

export class Cluster {
  private readonly daemons = new Map<string, ChildProcess>();

  private constructor(
    private readonly folder: string,
    readonly environment: ClusterEnvironment,
  ) {}

  /** Starts it in an empty folder and waits until its nodes are idle. */
  static async start(folder: string): Promise<Cluster> {
    for (const name of ['state', 'spool', 'log']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
    const conf = join(folder, 'slurm.conf');
    const ports = await freePorts(1 + nodes.length);
    writeFileSync(conf, configuration(folder, ports));
    const cluster = new Cluster(folder, { ...process.env, SLURM_CONF: conf });
    try {
      await cluster.startDaemons();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  private async startDaemons(): Promise<void> {
    const { folder } = this;
    const at = (name: string) => join(folder, name);
    this.spawn('munged', [
      '-F',
      '--force',
      `--key-file=${at('munge.key')}`,
      `--socket=${at('munge.socket')}`,
      `--pid-file=${at('munged.pid')}`,
      `--seed-file=${at('munge.seed')}`,
      `--log-file=${at('log/munged.log')}`,
    ]);
    await until('munged has a socket', async () => readdirSync(folder).includes('munge.socket'));
    this.startController(['-c']);
    for (const node of nodes) this.startNode(node);
    await until('all nodes are idle', async () => {
      const states = await this.command('sinfo', '-h', '-N', '-o', '%T');
      return states.split('\n').filter((state) => state === 'idle').length === 2 * nodes.length; // in two partitions;
    });
  }

  /** @param args such as -c, which forgets the state */
  startController(args: readonly string[] = []): void {
    this.spawn('slurmctld', ['-D', ...args, '-f', this.environment.SLURM_CONF]);
  }

  startNode(node: NodeName): void {
    this.spawn(node, ['-D', '-N', node, '-f', this.environment.SLURM_CONF], 'slurmd');
  }

  /** Runs a command of Slurm's. */
  async command(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await execute(name, args, { env: this.environment });
    return stdout;
  }

  /** Waits until the controller has written down how a job stands, which it does some seconds later: a crash before loses the job. */
  async saved(job: string): Promise<void> {
    const path = join(this.folder, 'state', 'job_state');
    const asked = Date.now();
    await this.command('scontrol', 'update', `jobid=${job}`, 'comment=to be saved');
    await until(
      'the controller saves its state',
      async () => existsSync(path) && statSync(path).mtimeMs > asked,
    );
  }

  /** Ends a daemon at once, as a crash would; tasks of a node go on without it. */
  async kill(daemon: NodeName | 'slurmctld'): Promise<void> {
    const child = this.daemons.get(daemon) as ChildProcess;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Ends all that runs on a node: slurmd, the stepds, which would tell of the end of their tasks, then the tasks. */
  async killNode(node: NodeName): Promise<void> {
    await this.kill(node);
    const { steps, tasks } = this.processesOf(node);
    for (const pid of [...steps, ...tasks]) endAtOnce(pid);
  }

  /** Processes of the batch tasks of a node, and the stepds that started them. */
  private processesOf(node: NodeName): { steps: number[]; tasks: number[] } {
    const all = processes();
    const tasks = all.filter(
      ({ environment }) => this.isOurs(environment) && environment.includes(`SLURMD_NODENAME=${node}\0`),
    );
    const parents = new Set(tasks.map(({ parent }) => parent));
    const steps = all.filter(({ pid, command }) => parents.has(pid) && command.includes('slurmstepd'));
    return { steps: steps.map(({ pid }) => pid), tasks: tasks.map(({ pid }) => pid) };
  }

  private isOurs = (environment: string) =>
    `\0${environment}`.includes(`\0SLURM_CONF=${this.environment.SLURM_CONF}\0`);

  /** Ends every process of the cluster. */
  async stop(): Promise<void> {
    for (const child of this.daemons.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const left = () =>
      processes().filter(({ pid, environment }) => pid !== process.pid && this.isOurs(environment));
    for (const { pid } of left()) endAtOnce(pid);
    await until('all have ended', async () => left().length === 0);
  }

  private spawn(name: string, args: readonly string[], program = name): void {
    const log = openSync(join(this.folder, 'log', `${name}.out`), 'a');
    const child = spawn(program, args, { env: this.environment, stdio: ['ignore', log, log] });
    closeSync(log);
    this.daemons.set(name, child);
  }
}

/** Waits for something that will come; while the controller is away, Slurm's commands fail. */
export async function until(what: string, there: () => Promise<boolean>, seconds = 120): Promise<void> {
  let failure: unknown;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    try {
      if (await there()) return;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await setTimeout(100);
  }
  throw new Error(`waited ${seconds} s in vain until ${what}`, { cause: failure });
}

/** Kills a process that may have ended meanwhile. */
function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until a process that was stopped has been sent a signal, and lets it go on; Slurm may have done so itself. */
export async function goOnWith(signal: 'SIGTERM' | 'SIGUSR2', pid: number): Promise<void> {
  const bit = BigInt(constants.signals[signal] - 1);
  await until(`${signal} is sent`, async () => {
    const path = `/proc/${pid}/status`;
    const status = existsSync(path) ? readFileSync(path, 'utf8') : ''; // or it has gone on, and has ended
    const masks = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)];
    const pending = masks.some(([, mask]) => (BigInt(`0x${mask}`) >> bit) & 1n);
    return pending || !/^State:\s*T/m.test(status);
  });
  if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT');
}

interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
  /** Entries end with a zero byte. */
  environment: string;
}

function processes(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string) => readFileSync(join('/proc', name, file), 'latin1');
        const parent = Number(/^PPid:\s*(\d+)$/m.exec(read('status'))?.[1]);
        return [{ pid: Number(name), parent, command: read('cmdline'), environment: read('environ') }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function configuration(folder: string, [controller, ...ports]: number[]): string {
  const host = hostname().split('.')[0];
  const at = (name: string) => join(folder, name);
  const node = (name: string, i: number) =>
    `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[i]} CPUs=2 RealMemory=1000 State=UNKNOWN`;
  return `${[
    'ClusterName=pixelrnn',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    'CredType=cred/munge',
    `AuthInfo=socket=${at('munge.socket')}`,
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool')}/%n`,
    `SlurmctldPidFile=${at('slurmctld.pid')}`,
    `SlurmdPidFile=${at('slurmd-%n.pid')}`,
    `SlurmctldLogFile=${at('log/slurmctld.log')}`,
    `SlurmdLogFile=${at('log/slurmd-%n.log')}`,
    'SlurmdParameters=config_overrides', // two processors may be two threads of one core
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'AccountingStorageType=accounting_storage/none',
    'JobCompType=jobcomp/none',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'SchedulerType=sched/backfill',
    'SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0,sched_min_interval=0',
    'ReturnToService=2',
    'SlurmctldTimeout=10',
    'SlurmdTimeout=10',
    'TCPTimeout=10',
    'MessageTimeout=30',
    'BatchStartTimeout=30',
    'KillWait=30',
    'CompleteWait=0',
    'UnkillableStepTimeout=15',
    'MinJobAge=3600', // a suite on a loaded machine takes longer than Slurm's 300 s
    'JobRequeue=1',
    'PreemptType=preempt/partition_prio',
    'PreemptMode=REQUEUE',
    'PropagateResourceLimits=NONE',
    ...nodes.map(node),
    'PartitionName=main Nodes=n1,n2,n3 Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=20 MaxTime=INFINITE',
    'PartitionName=urgent Nodes=n1,n2,n3 PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE',
  ].join('\n')}\n`;
}
