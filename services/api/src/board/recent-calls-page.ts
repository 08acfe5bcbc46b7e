import {
  COUNTED_AT_MOST,
  OPEN_COUNTED_AT_MOST,
  type Backlog,
  type OutcomeCount,
  type SlotName,
  type UnderWay,
} from '@dialgate/database';
import {
  CALL_STATUSES,
  durationSeconds,
  FAILURE_REASONS,
  hangupCauseText,
  isFinal,
  STATUS_MEANINGS,
  type Call,
  type CallStatus,
  type HangupBy,
} from '@dialgate/domain';
import { maskedNumber } from '@dialgate/service-kit';
import { BOARD_PATH, RECENT_CALLS_PATH } from '../paths.js';
import { html, type Markup } from './html.js';
import { STYLE_ELEMENT } from './style.js';

export interface RecentCalls {
  readonly now: Date;
  /** Of the calls that are listed; null for any. */
  readonly status: CallStatus | null;
  /** What became of the calls that were accepted in the last hour. */
  readonly counts: readonly OutcomeCount[];
  readonly backlog: Backlog;
  readonly underWay: UnderWay;
  /** The newest first. */
  readonly calls: readonly Call[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
  /** By the ids of users. */
  readonly usernames: ReadonlyMap<string, string>;
  /** By the ids of slots. */
  readonly slots: ReadonlyMap<number, SlotName>;
}

/** The whole page. All times are UTC; of a number it shows what the log would. */
export function recentCallsPage(recent: RecentCalls): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Dialgate calls</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>Calls of the last hour</h1>
          <span>${moment(recent.now, null)} UTC, like all times here</span>
          <a href="${RECENT_CALLS_PATH}">Look again</a>
          <a href="${BOARD_PATH}">Queues</a>
        </header>
        <main>${nowSection(recent)} ${countsSection(recent.counts)} ${callsSection(recent)}</main>
      </body>
    </html> `;
  return page.markup;
}

function nowSection({ backlog, underWay }: RecentCalls): Markup {
  const { waiting, oldestCreatedAt, at } = backlog;
  const oldest =
    oldestCreatedAt === null ? null : html`, the oldest for ${span(at.getTime() - oldestCreatedAt.getTime())}`;
  return html`<ul class="now">
    <li><b>${counted(waiting, OPEN_COUNTED_AT_MOST)}</b> ${only('pending', 'are due and wait')}${oldest}</li>
    <li><b>${counted(underWay.dialing, OPEN_COUNTED_AT_MOST)}</b> ${only('dialing', 'are being dialled')}</li>
    <li><b>${counted(underWay.ringing, OPEN_COUNTED_AT_MOST)}</b> ${only('ringing', 'ring')}</li>
    <li><b>${counted(underWay.answered, OPEN_COUNTED_AT_MOST)}</b> ${only('answered', 'are up')}</li>
  </ul>`;
}

function countsSection(counts: readonly OutcomeCount[]): Markup {
  const total = counts.reduce((sum, { calls }) => sum + calls, 0);
  const rank = ({ status }: OutcomeCount): number => CALL_STATUSES.indexOf(status);
  const sorted = counts.toSorted((one, other) => rank(one) - rank(other) || other.calls - one.calls);
  const rows = sorted.map(
    ({ status, failureReason, calls }) =>
      html`<tr>
        <td>${only(status, spoken(status))}</td>
        <td class="count">${counted(calls)}</td>
        <td>${failureReason === null ? STATUS_MEANINGS[status] : reasonText(failureReason)}</td>
      </tr> `,
  );
  return html`<h2>What became of them</h2>
    <p>${counted(total, COUNTED_AT_MOST)} ${total === 1 ? 'call was' : 'calls were'} accepted in the last hour.</p>
    ${total === 0 ? null : table('counts', ['Status', 'Calls', 'Meaning'], rows)}`;
}

function callsSection(recent: RecentCalls): Markup {
  const { status, calls, hasMore } = recent;
  const age = status !== null && !isFinal(status) ? 'whenever it was accepted' : 'of the last hour';
  const all = html` <a href="${RECENT_CALLS_PATH}">Show all of the last hour.</a>`;
  return html`<h2 id="calls">Call by call, the newest first</h2>
    <p>
      ${status === null ? null : html`Only ${spoken(status)}, ${age}.`}${status === null ? null : all}
      ${calls.length === 0 ? 'There is none.' : null}
      ${hasMore ? 'There are more than stand here; GET /api/v2/calls has them all.' : null}
    </p>
    ${
      calls.length === 0
        ? null
        : table(
            'calls',
            COLUMNS,
            calls.map((call) => callRow(call, recent)),
          )
    }`;
}

const COLUMNS = ['Call', 'User', 'Number', 'Accepted', 'Dialled', 'Ended', 'Status', 'Why', 'Where'];

function table(kind: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  return html`<table class="${kind}">
    <thead>
      <tr>
        ${heads.map((head) => html`<th>${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function callRow(call: Call, { now, usernames, slots }: RecentCalls): Markup {
  const slot = call.claim === null ? undefined : slots.get(call.claim.slotId);
  const talked = durationSeconds(call);
  return html`<tr>
    <td data-label="Call" class="call">
      <code>${call.id}</code>${call.attempt === 0 ? null : `attempt ${call.attempt}`}
    </td>
    <td data-label="User"><bdi>${usernames.get(call.userId) ?? call.userId}</bdi></td>
    <td data-label="Number">${call.erasedAt === null ? maskedNumber(call.phoneNumber) : 'erased'}</td>
    <td data-label="Accepted">${moment(call.createdAt, now)}</td>
    <td data-label="Dialled">${moment(call.dialSentAt, now)}</td>
    <td data-label="Ended">${moment(call.endedAt, now)}</td>
    <td data-label="Status">${spoken(call.status)}${talked === null ? null : html`, ${span(talked * 1_000)}`}</td>
    <td data-label="Why">${whyOf(call, now)}</td>
    <td data-label="Where">${slot === undefined ? null : html`<bdi>${slot.asterisk}</bdi>, slot ${slot.number}`}</td>
  </tr> `;
}

const WHO_HUNG_UP: Readonly<Record<HangupBy, string>> = {
  callee: 'The callee hung up.',
  gateway: 'The gateway hung up.',
  dialplan: 'The dialplan hung up.',
  unknown: 'Who hung up is not known.',
};

/** Everything that is known of why the call stands as it does, in sentences. */
function whyOf(call: Call, now: Date): Markup[] {
  const { status, failureReason, hangupCause, sipStatus, hangupBy, notBefore, cancelRequestedAt } = call;
  const name = hangupCauseText(hangupCause);
  const said = [
    failureReason === null ? null : reasonText(failureReason),
    hangupCause === null ? null : html`Hangup cause ${hangupCause}${name === null ? null : `: ${name}`}.`,
    sipStatus === null ? null : html`SIP ${sipStatus}.`,
    hangupBy === null ? null : html`${WHO_HUNG_UP[hangupBy]}`,
    cancelRequestedAt === null ? null : html`Its client wanted it to end.`,
    status === 'pending' && notBefore !== null && notBefore > now ? html`Not before ${moment(notBefore, now)}.` : null,
    status === 'pending' && call.claim !== null ? html`A worker has taken it.` : null,
  ];
  return said.flatMap((sentence) => (sentence === null ? [] : [html`${sentence} `]));
}

/** Of a version to come it may be a word that has no sentence here. */
function reasonText(reason: string): Markup {
  return html`<code>${reason}</code> ${(FAILURE_REASONS as Partial<Record<string, string>>)[reason] ?? null}`;
}

/** A link to the calls of a status alone. */
function only(status: CallStatus, words: string): Markup {
  return html`<a href="?status=${status}#calls">${words}</a>`;
}

function spoken(status: CallStatus): string {
  return status.replaceAll('_', ' ');
}

const NUMBERS = new Intl.NumberFormat('en-US');

/** @param most where counting stopped. */
function counted(number: number, most = Infinity): string {
  return NUMBERS.format(number) + (number >= most ? ' or more' : '');
}

/** A time of day, with its date where that is not today's; in full to whoever points at it. @param today null: without a date. */
function moment(at: Date | null, today: Date | null): Markup | null {
  if (at === null) return null;
  const iso = at.toISOString();
  const [date = '', time = ''] = iso.split(/[T.]/);
  const isToday = today === null || today.toISOString().startsWith(date);
  return html`<time datetime="${iso}" title="${iso}">${isToday ? time : `${date} ${time}`}</time>`;
}

/** How long something lasts or lasted. @param ms a clock that was set back may make it negative. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
