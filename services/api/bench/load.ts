import { Agent, request } from 'node:http';

/** A kind of request, and how many at once. */
export interface Asked {
  readonly path: string;
  readonly body: string;
  readonly atOnce: number;
  /** How many calls it is about. */
  readonly calls: number;
  /** How many of them were accepted. */
  readonly accepted: (status: number, text: string) => number;
}

/** Keeps so many connections busy until then, on performance.now()'s clock. @returns how many calls were accepted. */
export async function load(port: number, bearer: string, asked: Asked, until: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: asked.atOnce });
  let accepted = 0;
  let turnedAway = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const { status, text } = await post(port, bearer, asked, agent);
      // 503: a busy machine, PostgreSQL was not in time.
      if (status !== 200 && status !== 202 && status !== 503) throw new Error(`answered ${status}`);
      const taken = asked.accepted(status, text);
      accepted += taken;
      turnedAway += asked.calls - taken;
    }
  };
  await Promise.all(Array.from({ length: asked.atOnce }, lane));
  agent.destroy();
  if (turnedAway > 0) process.stderr.write(`${turnedAway} calls were turned away, ${accepted} accepted\n`);
  return accepted;
}

/** @returns the beginning of what was answered, too. */
function post(
  port: number,
  bearer: string,
  { path, body }: Asked,
  agent: Agent,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'content-length': body.length, authorization: `Bearer ${bearer}` },
    });
    sent.on('response', (response) => {
      let text = '';
      response.once('data', (piece: Buffer) => (text = piece.subarray(0, 40).toString('latin1')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
