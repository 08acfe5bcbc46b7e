/** One thing that was looked at. */
export interface Finding {
  /** For programs and tests, such as `redis_evicts`. */
  readonly code: string;
  /** `note`: nothing stops calls, and somebody should know. `unseen`: it could not be looked at. */
  readonly verdict: 'ok' | 'note' | 'wrong' | 'unseen';
  /** One sentence. Holds no secret. */
  readonly says: string;
  /** What to do. */
  readonly mend?: string;
}

export function ok(code: string, says: string): Finding {
  return { code, verdict: 'ok', says };
}

export function wrong(code: string, says: string, mend: string): Finding {
  return { code, verdict: 'wrong', says, mend };
}

export function note(code: string, says: string, mend?: string): Finding {
  return { code, verdict: 'note', says, ...(mend === undefined ? {} : { mend }) };
}

export function unseen(code: string, says: string): Finding {
  return { code, verdict: 'unseen', says };
}

/** Where the guide tells more. */
export function guide(heading: string): string {
  return `docs/production-deployment.md#${heading}`;
}

const MARKS: Readonly<Record<Finding['verdict'], string>> = { ok: 'ok', note: 'note', wrong: 'WRONG', unseen: '-' };

/** A finding as a line for people, and below it what to do. */
export function lineOf({ verdict, says, mend }: Finding): string {
  const line = `${MARKS[verdict].padEnd(6)} ${says}`;
  return mend === undefined ? line : `${line}\n       → ${mend}`;
}

/** What to say at the end. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  const unseenCount = count('unseen');
  const notLookedAt = unseenCount === 0 ? '' : `; ${unseenCount} not looked at`;
  if (count('wrong') > 0) return `${count('wrong')} wrong, ${count('ok')} in order${notLookedAt}.`;
  return `Nothing wrong: ${count('ok')} in order${notLookedAt}.`;
}
