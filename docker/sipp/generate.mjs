// Writes uas-by-number.xml, SIPp's scenario of callees whose character is chosen by the last three digits of the called number.
//   node docker/sipp/generate.mjs            writes the file beside this one
//   node docker/sipp/generate.mjs --print    prints it
import { writeFileSync } from 'node:fs';

const REASON = {
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  415: 'Unsupported Media Type',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable',
};
const CHALLENGE = 'Digest realm="uas", nonce="abc", algorithm=MD5';
const EXTRA_HEADERS = {
  // The number ends in 002 so that an Asterisk that follows the redirection finds somebody at home.
  302: ['Contact: <sip:33100000002@[local_ip]:[local_port]>'],
  401: [`WWW-Authenticate: ${CHALLENGE}`],
  407: [`Proxy-Authenticate: ${CHALLENGE}`],
};

// A callee is a list of steps; the last one says how the call goes on after that.
const trying = { reply: '100 Trying' };
const ringing = { reply: '180 Ringing' };
const progress = { reply: '183 Session Progress', sdp: true };
const until = (ms) => ({ waitMs: ms });
const answer = (next) => ({ reply: '200 OK', sdp: true, final: next });
const refuse = (code, headers = EXTRA_HEADERS[code] ?? []) => ({ reply: `${code} ${REASON[code]}`, headers, final: 'end' });
const cancelled = { waitForCancel: 'cancelled' };

const CALLEES = [
  ['001', 'rings 0.8 s, answers, hangs up after 1 s', [trying, ringing, until(800), answer('bye1s')]],
  ['002', 'rings 0.8 s, answers, waits for our BYE', [trying, ringing, until(800), answer('waitbye')]],
  ['003', 'early media (183) 1 s, answers, waits for our BYE', [trying, progress, until(1000), answer('waitbye')]],
  ['004', 'only 100, answers after 5 s without ever ringing', [trying, until(5000), answer('waitbye')]],
  ['005', 'answers at once without ringing', [answer('waitbye')]],
  ['006', 'rings for ever', [trying, ringing, cancelled]],
  ['007', 'no reply at all, not even 100', [{ silent: true }]],
  ['008', 'rings 1.5 s, then 486: the user pressed the red button', [trying, ringing, until(1500), refuse(486)]],
  ['009', 'early media (183) for ever', [trying, progress, cancelled]],
  ['010', 'rings for ever; answers just as it is cancelled (glare)', [trying, ringing, { glare: true }, answer('waitbye')]],
  ['011', 'answers at once, hangs up after 0.5 s with Q.850 cause 31', [answer('bye31')]],
  ['012', 'rings 0.8 s, answers, hangs up after 4 s', [trying, ringing, until(800), answer('bye4s')]],
  [
    '013',
    'an announcement (183) 1 s, then 404 with Q.850 cause 1',
    [trying, progress, until(1000), refuse(404, ['Reason: Q.850;cause=1;text="Unallocated (unassigned) number"'])],
  ],
  ['014', 'rings 1 s, then 603: declined', [trying, ringing, until(1000), refuse(603)]],
  ['015', 'only 100, for ever', [trying, cancelled]],
  ['016', 'rings 0.8 s, answers, then never answers a BYE', [trying, ringing, until(800), answer('mute')]],
  ['017', 'rings 1 s, then 480: the network gives up', [trying, ringing, until(1000), refuse(480)]],
  ['018', '486 with Q.850 cause 21', [refuse(486, ['Reason: Q.850;cause=21;text="Call Rejected"'])]],
  ['019', 'rings 0.8 s, answers, presses 1 after 2.5 s, waits for our BYE', [trying, ringing, until(800), answer('press1')]],
  [
    '020',
    'rings 0.8 s, answers, presses 4 2 # after 2 s, waits for our BYE',
    [trying, ringing, until(800), answer('press42')],
  ],
  [
    '021',
    'answers at once, waits for our BYE; its sound is at the port that the five digits before these say',
    [{ ...answer('waitbye'), sdp: 'elsewhere' }],
  ],
  ...Object.keys(REASON).map((code) => [code, `${code} ${REASON[code]} at once`, [refuse(Number(code))]]),
];

const CONTACT = 'Contact: <sip:[local_ip]:[local_port];transport=[transport]>';
const SDP = [
  'v=0',
  'o=uas 53655765 2353687637 IN IP[local_ip_type] [local_ip]',
  's=-',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
];
/** Of a callee whose sound another program sends and receives, pressed keys as telephone-events (RFC 4733) among it. */
const SDP_ELSEWHERE = [
  ...SDP.slice(0, -2),
  'm=audio [$elsewhere] RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
];

function message(attributes, lines) {
  return [`  <send${attributes}><![CDATA[`, '', ...lines.map((line) => (line ? `      ${line}` : '')), '', '  ]]></send>'];
}

/** A reply to the INVITE. Its CSeq is the remembered one: after a CANCEL the last one heard would be the CANCEL's. */
function reply({ reply: status, sdp = false, headers = [], final }) {
  const contact = headers.some((line) => line.startsWith('Contact:')) ? [] : [CONTACT];
  return message(final ? ' retrans="500"' : '', [
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:];tag=[pid]uas[call_number]',
    '[last_Call-ID:]',
    'CSeq: [$cseq]',
    ...headers,
    ...contact,
    ...(sdp
      ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', ...(sdp === 'elsewhere' ? SDP_ELSEWHERE : SDP)]
      : ['Content-Length: 0']),
  ]);
}

/** 200 to the request heard last: a BYE or a CANCEL. */
function okay(next, tag = '') {
  return message(next ? ` next="${next}"` : '', [
    'SIP/2.0 200 OK',
    '[last_Via:]',
    '[last_From:]',
    `[last_To:]${tag}`,
    '[last_Call-ID:]',
    '[last_CSeq:]',
    'Content-Length: 0',
  ]);
}

const OUR_TAG = ';tag=[pid]uas[call_number]';
let labels = 0;

function step(what) {
  if (what.waitMs) {
    const label = `t${++labels}`;
    return [
      `  <recv request="CANCEL" timeout="${what.waitMs}" ontimeout="${label}" next="cancelled"/>`,
      `  <label id="${label}"/>`,
    ];
  }
  if (what.waitForCancel) return [`  <recv request="CANCEL" next="${what.waitForCancel}"/>`];
  if (what.silent) return ['  <recv request="CANCEL" timeout="60000" ontimeout="end" next="end"/>'];
  if (what.glare) return ['  <recv request="CANCEL"/>', ...okay('', OUR_TAG)];
  return [...reply(what), ...(what.final ? [`  <recv request="ACK" next="${what.final}"/>`] : [])];
}

function hangUp(label, afterMs, headers = []) {
  return [
    `  <label id="${label}"/>`,
    `  <recv request="BYE" timeout="${afterMs}" ontimeout="${label}now" next="okbye"/>`,
    `  <label id="${label}now"/>`,
    ...message(' retrans="500"', [
      'BYE [next_url] SIP/2.0',
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
      `From: [$callee]${OUR_TAG}`,
      'To: [$caller]',
      '[last_Call-ID:]',
      'CSeq: 1 BYE',
      'Max-Forwards: 70',
      ...headers,
      'Content-Length: 0',
    ]),
    '  <recv response="200" next="end"/>',
  ];
}

/** Keys that are pressed after so long, each told by a SIP INFO of its own (application/dtmf-relay); then like `waitbye`. */
function press(label, afterMs, keys) {
  return [
    `  <label id="${label}"/>`,
    `  <recv request="BYE" timeout="${afterMs}" ontimeout="${label}now" next="okbye"/>`,
    `  <label id="${label}now"/>`,
    ...keys.flatMap((key, n) => [
      ...message(' retrans="500"', [
        'INFO [next_url] SIP/2.0',
        'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
        `From: [$callee]${OUR_TAG}`,
        'To: [$caller]',
        '[last_Call-ID:]',
        `CSeq: ${n + 1} INFO`,
        'Max-Forwards: 70',
        'Content-Type: application/dtmf-relay',
        'Content-Length: [len]',
        '',
        `Signal=${key}`,
        'Duration=160',
      ]),
      `  <recv response="200"${n === keys.length - 1 ? ' next="waitbye"' : ''}/>`,
    ]),
  ];
}

const scenario = [
  '<?xml version="1.0" encoding="ISO-8859-1" ?>',
  '<!DOCTYPE scenario SYSTEM "sipp.dtd">',
  '<!-- Written by docker/sipp/generate.mjs, not by hand. The last three digits of the called number choose the callee:',
  ...CALLEES.map(([digits, character]) => `       ${digits}  ${character}`),
  '       anything else: like 002',
  '-->',
  '<scenario name="callees by number">',
  '  <recv request="INVITE" crlf="true">',
  '    <action>',
  '      <ereg regexp="sip:([^@;>]*)@" search_in="hdr" header="INVITE " check_it="true" assign_to="uri,number"/>',
  '      <ereg regexp="m=audio ([0-9]+)" search_in="body" check_it="false" assign_to="audio,port"/>',
  '      <log message="INVITE [$number] [call_id] [timestamp] [$port]"/>',
  '      <ereg regexp="([0-9]{5})021@" search_in="hdr" header="INVITE " check_it="false" assign_to="digits,elsewhere"/>',
  '      <ereg regexp="[0-9]+ INVITE" search_in="hdr" header="CSeq:" check_it="true" assign_to="cseq"/>',
  '      <ereg regexp=".*" search_in="hdr" header="From:" check_it="true" assign_to="caller"/>',
  '      <ereg regexp=".*" search_in="hdr" header="To:" check_it="true" assign_to="callee"/>',
  ...CALLEES.map(
    ([digits]) =>
      `      <ereg regexp="^ *[^@]*${digits}@" search_in="hdr" header="INVITE " check_it="false" assign_to="n${digits}"/>`,
  ),
  '    </action>',
  '  </recv>',
  '  <Reference variables="uri,audio,digits"/>',
  ...CALLEES.map(([digits]) => `  <nop next="L${digits}" test="n${digits}"/>`),
  '  <nop next="L002"/>',
  ...CALLEES.flatMap(([digits, , steps]) => [`  <label id="L${digits}"/>`, ...steps.flatMap(step)]),
  ...hangUp('bye1s', 1000),
  ...hangUp('bye4s', 4000),
  ...hangUp('bye31', 500, ['Reason: Q.850;cause=31;text="Normal, unspecified"']),
  ...press('press1', 2500, ['1']),
  ...press('press42', 2000, ['4', '2', '#']),
  '  <label id="mute"/>',
  '  <recv request="BYE" timeout="60000" ontimeout="end"/>',
  '  <pause milliseconds="40000" next="end"/>',
  '  <label id="waitbye"/>',
  '  <recv request="BYE" timeout="600000" ontimeout="end"/>',
  '  <label id="okbye"/>',
  ...okay('end'),
  '  <label id="cancelled"/>',
  ...okay('', OUR_TAG),
  ...reply({ reply: '487 Request Terminated', final: 'end' }),
  '  <recv request="ACK" next="end"/>',
  '  <label id="end"/>',
  '  <nop/>',
  '</scenario>',
  '',
].join('\n');

if (process.argv.includes('--print')) process.stdout.write(scenario);
else writeFileSync(new URL('uas-by-number.xml', import.meta.url), scenario);
