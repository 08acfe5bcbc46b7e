import { parseArgs } from 'node:util';
import { startAsteriskSimulator } from './index.js';

/**
 * The simulator as a process of its own: `ARI_USERNAME=… ARI_PASSWORD=… node dist/main.js --port 8088 --speed 1`.
 * The credentials come through the environment, because a command line can be read by everybody on the machine.
 */
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8088' },
    speed: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});

const simulator = await startAsteriskSimulator({
  host: values.host,
  port: number('--port', values.port, 0, 65_535),
  speed: number('--speed', values.speed, 0.001, 10_000),
  seed: number('--seed', values.seed, 0, 0xffff_ffff),
  username: fromEnvironment('ARI_USERNAME'),
  password: fromEnvironment('ARI_PASSWORD'),
  log: (line) => void process.stdout.write(`${line}\n`),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close());
}

function fromEnvironment(name: 'ARI_USERNAME' | 'ARI_PASSWORD'): string {
  return process.env[name] ?? stop(`${name} is not set in the environment`);
}

function number(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const fits = text.trim() !== '' && value >= least && value <= most;
  return fits ? value : stop(`${flag} must be a number between ${least} and ${most}`);
}

function stop(problem: string): never {
  process.stderr.write(`asterisk simulator: ${problem}\n`);
  process.exit(2);
}
