import { readFileSync } from 'node:fs';

/** One INVITE that reached a callee; its repetitions by a hasty sender are not counted. */
export interface Invite {
  number: string;
  callId: string;
  atMs: number;
  /** Where its sender hears: the UDP port that it offers for sound. Null without an offer. */
  soundPort: number | null;
}

/** The INVITEs that a SIPp with docker/sipp/uas-by-number.xml has noted down, by called number. */
export function readInvites(file: string): Map<string, Invite[]> {
  return parseInvites(readIfThere(file));
}

/** `INVITE <number> <Call-ID> <date> <time> <seconds> <port of the sound>` a line; a line that is still being written is left out. */
export function parseInvites(text: string): Map<string, Invite[]> {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const invites = whole.split('\n').flatMap((line) => {
    const [word, number, callId, , , seconds, port = ''] = line.split(/\s+/);
    if (word !== 'INVITE' || number === undefined || callId === undefined) return [];
    const soundPort = port === '' ? null : Number(port);
    return [{ number, callId, atMs: Math.round(Number(seconds) * 1000), soundPort }];
  });
  const byNumber = new Map<string, Invite[]>();
  for (const invite of invites) byNumber.set(invite.number, [...(byNumber.get(invite.number) ?? []), invite]);
  return byNumber;
}

/** SIPp makes the file at its first line. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
