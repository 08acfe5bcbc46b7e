import { statusView, type Call } from '@dialgate/domain';
import { inertCell } from '@dialgate/service-kit';
import { stringify } from 'csv-stringify/sync';

const COLUMNS = [
  'call_id',
  'phone_number',
  'status',
  'context',
  'extension',
  'priority',
  'connect_to',
  'caller_id',
  'created_at',
  'not_before',
  'dialed_at',
  'ringing_at',
  'answered_at',
  'ended_at',
  'duration',
  'failure_reason',
  'hangup_cause',
  'hangup_cause_text',
  'sip_status',
  'hangup_by',
  'attempt_number',
  'attempt_of',
  'try_number',
  'metadata',
] as const;

/** The first line of the file. */
export const CSV_HEAD = stringify([[...COLUMNS]], { record_delimiter: 'windows' });

/** Calls as lines of CSV (RFC 4180). Texts that somebody chose freely are kept from being formulas; numbers keep their plus. */
export function callsAsCsv(calls: readonly Call[]): string {
  return stringify(calls.map(line), { record_delimiter: 'windows' });
}

function line(call: Call): unknown[] {
  const { caller_id, extension, metadata, ...view } = statusView(call);
  const told = {
    ...view,
    caller_id: harmless(caller_id),
    extension: harmless(extension),
    metadata: harmless(metadata === null ? null : JSON.stringify(metadata)),
  };
  return COLUMNS.map((column) => told[column]);
}

function harmless(text: string | null): string | null {
  return text === null ? null : inertCell(text);
}
