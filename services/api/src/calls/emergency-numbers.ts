/**
 * Numbers that reach police, fire brigade or ambulance somewhere in the world, as they are dialled there, with the crisis
 * and service codes of North America (x11, 988). libphonenumber does not know them. 112 and 911 are ITU-T E.161.1; the
 * others come from national numbering plans, and one too many does less harm than one too few.
 */
const EMERGENCY: ReadonlySet<string> = new Set(
  [
    '000 15 17 18 100 101 102 103 104 105 106 107 108 110 111 112 113 114 115 116 117 118 119 120 122 123 125 128 129',
    '131 132 133 144 150 155 158 190 191 192 193 194 195 196 197 198 199 211 311 411 511 611 711 811 911 988',
    '990 991 992 993 994 995 996 997 998 999 1122 10111 10177',
  ].flatMap((line) => line.split(' ')),
);

/** What a private exchange commonly dials ahead of the numbers that work nearly everywhere: an outside line, 00. */
const BEHIND_OUTSIDE_LINE = /^(?:[0-9]|00)(?:112|911)$/;

/** A feature code such as *67, which withholds the caller ID, in front of what is dialled. */
const FEATURE_CODE = /^\*[0-9]{2}/;

/** Whether somebody who dials these digits may reach an emergency service. Signs between the digits do not hide them. */
export function isEmergencyNumber(dialled: string): boolean {
  const forms = [dialled, dialled.replace(FEATURE_CODE, '')].map((form) => form.replace(/[^0-9]/g, ''));
  return forms.some((digits) => EMERGENCY.has(digits) || BEHIND_OUTSIDE_LINE.test(digits));
}
