/**
 * Channel variables that a client may not set. Asterisk takes any name; these mean something to it, to its applications or
 * to this gateway. Compared without case.
 */
const RESERVED: readonly { readonly names?: string; readonly prefixes?: string; readonly because: string }[] = [
  {
    // Without parentheses they only shadow the function, and a dialplan that says ${CALLERID} meant something else.
    names: `CALLERID CONNECTEDLINE REDIRECTING CHANNEL CHANNELS GLOBAL TIMEOUT MASTER_CHANNEL SHARED ENV SHELL FILE DB CURL
      SYSTEM EVAL EXEC CDR CEL ODBC`,
    because: 'is the name of a dialplan function',
  },
  {
    names: `EXTEN CONTEXT PRIORITY UNIQUEID LINKEDID ACCOUNTCODE AMAFLAGS HINT HINTNAME EPOCH SYSTEMNAME ENTITYID CALLINGPRES
      CALLINGANI2 CALLINGTON CALLINGTNS DNID RDNIS`,
    prefixes: 'HANGUPCAUSE',
    because: 'is set by Asterisk itself',
  },
  {
    names: `ANSWEREDTIME CALLEDTIME CAUSECODE QUEUENAME QUEUESTATUS QUEUEPOSITION QUEUEMAX QUEUESTRATEGY QUEUECALLS
      QUEUEHOLDTIME TRANSFERSTATUS TRANSFERSTATUSPROTOCOL SYSTEMSTATUS`,
    prefixes: 'DIALSTATUS DIALED STASIS BRIDGE AGI RTPAUDIO GOSUB MACRO',
    because: 'is a result that applications leave for the dialplan',
  },
  {
    names: `TRANSFER_CONTEXT TRANSFER_EXTEN FORWARD_CONTEXT FORWARDERNAME ABORT_DIAL_TIMEOUT BLINDTRANSFER ATTENDEDTRANSFER
      PARKINGLOT PARKINGSLOT PARKINGEXTEN PARKER SPYGROUP`,
    prefixes: 'DYNAMIC_ OUTBOUND_GROUP LIMIT_ MONITOR MIXMONITOR TOUCH_ ATTENDED_TRANSFER FAXOPT',
    because: 'steers transfers, recordings or other applications',
  },
  {
    prefixes: 'SIP PJSIP IAX HTTP_ ARI_ AST_ ASTERISK',
    because: 'belongs to a channel driver or to Asterisk’s surroundings',
  },
  { prefixes: 'GW_ DIALGATE', because: 'belongs to this gateway' },
  {
    names: 'CONSTRUCTOR PROTOTYPE TOSTRING VALUEOF HASOWNPROPERTY',
    because: 'means something to programs that read it back',
  },
];

/** `because` of each rule, with the names it covers (`SIP*` is every name that begins so) and a pattern of them. */
export const RESERVED_VARIABLES: readonly {
  readonly names: readonly string[];
  readonly pattern: RegExp;
  readonly because: string;
}[] = RESERVED.map(({ names, prefixes, because }) => {
  const parts = [words(names).map((name) => `${name}$`), words(prefixes)].flat();
  return {
    names: [...words(names), ...words(prefixes).map((prefix) => `${prefix}*`)],
    pattern: new RegExp(`^(?:${parts.join('|')})`, 'i'),
    because,
  };
});

/** Why a client may not set this variable, or null when it may. */
export function reservedBecause(name: string): string | null {
  return RESERVED_VARIABLES.find(({ pattern }) => pattern.test(name))?.because ?? null;
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
