import type { SlotState } from '@dialgate/database';
import { SLOT_CONNECTIONS } from '@dialgate/domain';
import type { ProcessReport, WorkerReport } from '@dialgate/redis';
import type { Build } from '@dialgate/service-kit';
import { guide, note, ok, unseen, wrong, type Finding } from './finding.js';

/** What the running workers say of themselves; null where nobody could be asked. */
export interface WorkersFacts {
  readonly slots: readonly SlotState[] | null;
  readonly reports: readonly WorkerReport[] | null;
  readonly processes: readonly ProcessReport[] | null;
}

/** Whether workers run that could have a call dialled, and are set alike. Pure. @param build of this program. */
export function judgeWorkers({ slots, reports, processes }: WorkersFacts, build: Build): Finding[] {
  if (slots === null) return [unseen('workers', 'The running workers: PostgreSQL could not be asked for them.')];
  return [
    ...judgeSlots(slots.filter(({ held }) => held)),
    ...judgeReports(reports ?? []),
    ...judgeVersions([...(reports ?? []), ...(processes ?? [])], build),
  ];
}

function judgeSlots(held: readonly SlotState[]): Finding[] {
  if (held.length === 0) {
    return [
      wrong('no_worker', 'No worker is running: accepted calls wait.', `Start one: ${guide('calls-stay-pending')}.`),
    ];
  }
  return held.map((slot) => {
    const { problem, guide: heading } = SLOT_CONNECTIONS[slot.connection];
    const asterisk = `the Asterisk ${slot.asterisk}`;
    if (problem !== null) return wrong(`worker_${slot.connection}`, problem(asterisk), `See ${guide(heading)}.`);
    if (slot.followed) return ok('worker', `The worker ${slot.holder ?? ''} is ready on ${asterisk}.`);
    return wrong(
      'worker_not_reconciled',
      `The worker ${slot.holder ?? ''} is connected to ${asterisk}, and not ready.`,
      `If that lasts for more than a minute, see ${guide('calls-stay-pending')}.`,
    );
  });
}

function judgeReports(reports: readonly WorkerReport[]): Finding[] {
  // Those of each Asterisk may differ.
  const limits = new Set(
    reports.flatMap(({ limits }) => (limits ? [`${limits.maxConcurrentCalls} ${limits.originatePerSecond}`] : [])),
  );
  const unlike = wrong(
    'workers_limits',
    'The workers do not have the same MAX_CONCURRENT_CALLS and ORIGINATE_PER_SECOND: which holds is chance.',
    'Give all of them the same, and restart them.',
  );
  const refused = reports.flatMap(({ asterisk, refusals }) =>
    refusals
      ? wrong(
          'worker_refused',
          `The Asterisk ${asterisk} has refused the last ${refusals.inARow} channels: ${refusals.why}.`,
          `See ${guide('everything-is-failed')}.`,
        )
      : [],
  );
  return [...(limits.size > 1 ? [unlike] : []), ...refused];
}

function judgeVersions(running: readonly { readonly build?: Build }[], build: Build): Finding[] {
  const versions = [...new Set(running.flatMap((report) => report.build?.version ?? []))];
  const others = versions.filter((version) => version !== build.version);
  if (others.length === 0) return [];
  return [
    note(
      'versions',
      `Processes of version ${others.join(', ')} run beside this ${build.version}.`,
      `During an upgrade that is ordinary; finish it: ${guide('upgrading')}.`,
    ),
  ];
}
