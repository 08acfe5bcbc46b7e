import { SLOT_CONNECTIONS, type AsteriskObstacle, type DialplanDestination } from '@dialgate/domain';
import type { AriReply } from '../ari/replies.js';
import { obstacleIn } from '../slots/asterisk-obstacle.js';
import { versionVerdict } from '../slots/asterisk-version.js';
import type { AsteriskFacts, ProbeFacts } from './ask-asterisk.js';
import { guide, note, ok, unseen, wrong, type Finding } from './finding.js';

/** What a worker was told that has to do with Asterisk. */
export interface AsteriskSettings {
  /** Without what might be secret in it. */
  readonly host: string;
  readonly endpointTemplate: string;
  readonly destination: DialplanDestination;
}

/** What is right and what is wrong with an Asterisk. Pure. @param facts null: it could not be told where it is. */
export function judgeAsterisk(facts: AsteriskFacts | null, settings: AsteriskSettings): Finding[] {
  if (facts === null) {
    return [
      unseen(
        'asterisk',
        'Asterisk: ARI_HTTP_URL, ARI_USERNAME and ARI_PASSWORD are not all here. Where they are (docker compose run --rm ari-worker doctor) it is asked, too.',
      ),
    ];
  }
  const answer = judgeInfo(facts, settings);
  if (facts.socket === null) return [answer];
  return [
    answer,
    ...judgeSocket(facts),
    ...(facts.filter === null ? [] : [judgeFilter(facts.filter, facts.applications)]),
    ...(facts.probe === null ? [] : judgeProbe(facts.probe, settings)),
    ...(facts.trunk === null ? [] : [judgeTrunk(facts.trunk, facts.probe, settings)]),
    ...facts.left.map((id) =>
      note(
        'channel_left',
        `The test channel ${id} could not be removed.`,
        'Asterisk hangs it up itself within two minutes.',
      ),
    ),
  ];
}

function judgeInfo({ info }: AsteriskFacts, { host }: AsteriskSettings): Finding {
  if (info.kind === 'not_reached' && info.why === 'unreachable') {
    return wrong(
      'asterisk_unreachable',
      `Nobody answers at ${host}, where ARI_HTTP_URL leads.`,
      `Is Asterisk up, http.conf enabled, its bindaddr one that is reached from here? ${guide('asterisk')}.`,
    );
  }
  if (info.kind === 'not_reached' && info.why === 'not_booted') {
    return wrong(
      'asterisk_not_ari',
      `What answers at ${host} is not ARI.`,
      `ARI_HTTP_URL must end with /ari, and ari.conf must be enabled; or Asterisk is still starting: ${guide('asterisk')}.`,
    );
  }
  if (info.kind === 'unknown') {
    return wrong(
      'asterisk_no_answer',
      `Asterisk at ${host} did not answer as it should: ${info.why}.`,
      'A certificate that nobody here trusts (ARI_CA_FILE), another program on that port, or a proxy in between.',
    );
  }
  const refusal = refused(info, 'no_ari_asterisk');
  if (refusal !== null) return refusal;
  const version = info.kind === 'ok' ? (info.body.system?.version ?? '') : '';
  const verdict = versionVerdict(version);
  if (verdict === 'too_old') {
    return wrong(
      'asterisk_too_old',
      `Asterisk ${version} is too old: its calls' ends could only be guessed.`,
      `22.7, 23.1 or later is needed: ${guide('what-it-takes')}.`,
    );
  }
  if (info.kind === 'ok' && !info.body.system?.entity_id) {
    return wrong('asterisk_no_id', 'Asterisk does not say which one it is.', 'Set entityid in asterisk.conf.');
  }
  if (verdict === 'unknown')
    return note('asterisk_version', `Asterisk ${version} is of no release that is known here.`);
  return ok('asterisk', `Asterisk ${version} answers at ${host} and takes the password.`);
}

function judgeSocket({ socket }: AsteriskFacts): Finding[] {
  if (socket === 'connected') return [ok('asterisk_socket', 'The event socket opens.')];
  if (socket === 'no_ari_events' || socket === 'unauthorized') return [obstacle(socket)];
  return [
    wrong(
      'asterisk_no_socket',
      'Asterisk answers requests, and its event socket does not open.',
      'A proxy in between must pass WebSockets on, and res_http_websocket.so and res_ari_events.so must be loaded.',
    ),
  ];
}

function judgeFilter(filter: AriReply, applications: AriReply | null): Finding {
  const without = applications?.kind === 'ok' ? 'foreign_application' : 'no_ari_applications';
  return (
    refused(filter, without) ??
    (filter.kind === 'ok'
      ? ok('asterisk_rights', 'The ARI user may change things, and the event filter is taken.')
      : wrong('asterisk_filter', `The event filter was not taken: ${said(filter)}.`, 'Asterisk’s own log says why.'))
  );
}

function judgeProbe({ made, entered, ended, place }: ProbeFacts, settings: AsteriskSettings): Finding[] {
  if (made.kind !== 'ok') {
    const refusal = refused(made, 'no_ari_channels');
    const mend = 'Asterisk’s own log says why.';
    return [refusal ?? wrong('asterisk_channels', `No channel can be made: ${said(made)}.`, mend)];
  }
  if (!entered) {
    return [
      wrong(
        'asterisk_no_events',
        'A channel was made, and nothing was heard of it on the event socket.',
        'HTTP and WebSocket lead to different Asterisks, or something in between holds the events back. res_stasis.so must be loaded.',
      ),
    ];
  }
  const { context, extension, priority } = settings.destination;
  const where = `${context},${extension},${priority}`;
  return [
    ended
      ? ok('asterisk_events', 'A channel’s beginning and its end are heard on the event socket.')
      : wrong(
          'asterisk_no_events',
          'A channel’s end was not heard on the event socket.',
          'Something in between holds events back.',
        ),
    place?.kind === 'ok' && place.body.value === '1'
      ? ok('dialplan', `The dialplan has a place for answered calls: ${where}.`)
      : wrong(
          'dialplan_missing',
          `The dialplan has no place for answered calls: ${where}.`,
          `Add it to extensions.conf and reload the dialplan, or set DEFAULT_CONTEXT, DEFAULT_EXTENSION and DEFAULT_PRIORITY: ${guide('everything-is-failed')}.`,
        ),
  ];
}

/** Asterisk says the same of an endpoint that it does not know and of one without a contact. */
function judgeTrunk(trunk: AriReply, probe: ProbeFacts | null, { endpointTemplate }: AsteriskSettings): Finding {
  if (trunk.kind === 'ok') return ok('trunk', `A channel to ${endpointTemplate} can be made (and was not dialled).`);
  if (probe?.made.kind !== 'ok') return unseen('trunk', 'The trunk: no channel can be made at all.');
  return wrong(
    'trunk_unavailable',
    `No channel to ${endpointTemplate} can be made: ${said(trunk)}.`,
    `DIAL_ENDPOINT names an endpoint that pjsip.conf does not have, or it has no contact (pjsip show endpoints): ${guide('everything-is-failed')}.`,
  );
}

function refused(reply: AriReply, without: AsteriskObstacle): Finding | null {
  const found = obstacleIn(reply, without);
  return found === null ? null : obstacle(found);
}

function obstacle(connection: AsteriskObstacle): Finding {
  const { problem, guide: heading } = SLOT_CONNECTIONS[connection];
  return wrong(`asterisk_${connection}`, problem('this Asterisk'), `See ${guide(heading)}.`);
}

function said(reply: AriReply): string {
  if (reply.kind === 'refused') return `HTTP ${reply.status} ${reply.message}`.trim();
  return reply.kind === 'ok' ? 'ok' : reply.why.replaceAll('_', ' ');
}
