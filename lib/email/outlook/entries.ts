import type { EmailPart } from '../email';
import { MAPI, type MapiProperties } from './mapi';

/** Text of a property, within what the message may still have. */
type Read = (id: number) => string | undefined;

/**
 * What an appointment or a contact holds beside its text, in the form that other programs send it in (RFC 5545, RFC 6350). Empty for
 * a message that is neither.
 */
export function entryParts(properties: MapiProperties, read: Read): EmailPart[] {
	return [
		partOf('text/calendar', '1.1', calendarOf(properties, read)),
		partOf('text/vcard', '1.2', contactOf(properties, read)),
	].filter((part) => part !== undefined);
}

function partOf(contentType: string, partId: string, lines: string[] | undefined): EmailPart | undefined {
	if (lines === undefined) return undefined;
	const text = `${lines.join('\n')}\n`;
	return { partId, contentType, size: Buffer.byteLength(text), text };
}

/** Properties, and the fields that they become. */
type Fields = readonly (readonly [id: number, field: string])[];

const EVENT: Fields = [
	[MAPI.location, 'LOCATION'],
	[MAPI.attendees, 'X-ATTENDEES'],
	[MAPI.netShowUrl, 'URL'],
	[MAPI.collaborateDocument, 'ATTACH'],
	[MAPI.conferenceServer, 'CONFERENCE'],
	[MAPI.meetingLink, 'CONFERENCE'],
	[MAPI.teamsLink, 'CONFERENCE'],
];

/**
 * An appointment, and whatever has a reminder that plays a file: Outlook fetches that from where the sender says, and hands the
 * user's password hash to a server of theirs (CVE-2023-23397).
 */
function calendarOf(properties: MapiProperties, read: Read): string[] | undefined {
	const start = timeOf(properties, [MAPI.start, MAPI.startDate]);
	const end = timeOf(properties, [MAPI.end, MAPI.endDate]);
	const fields = fieldsOf(EVENT, read);
	const sound = read(MAPI.reminderFile);
	const isEntry = /^ipm\.(?:appointment|schedule|task)/i.test(read(MAPI.messageClass) ?? '');
	if (!isEntry && fields.length === 0 && sound === undefined && !properties.has(MAPI.start)) return undefined;
	return [
		'BEGIN:VCALENDAR',
		'BEGIN:VEVENT',
		...fieldsOf([[MAPI.subject, 'SUMMARY']], read),
		...(start === undefined ? [] : [`DTSTART:${start}`]),
		...(end === undefined ? [] : [`DTEND:${end}`]),
		...fields,
		...(sound === undefined ? [] : ['BEGIN:VALARM', 'ACTION:AUDIO', `ATTACH:${escaped(sound)}`, 'END:VALARM']),
		'END:VEVENT',
		'END:VCALENDAR',
	];
}

const CONTACT: Fields = [
	[MAPI.email1, 'EMAIL'],
	[MAPI.email2, 'EMAIL'],
	[MAPI.email3, 'EMAIL'],
	[MAPI.messenger, 'IMPP'],
	[MAPI.contactPage, 'URL'],
	[MAPI.personalPage, 'URL'],
	[MAPI.businessPage, 'URL'],
	[MAPI.freeBusy, 'FBURL'],
];
const OF_CONTACTS: Fields = [
	[MAPI.displayName, 'FN'],
	[MAPI.companyName, 'ORG'],
	[MAPI.jobTitle, 'TITLE'],
	[MAPI.businessPhone, 'TEL;TYPE=work'],
	[MAPI.homePhone, 'TEL;TYPE=home'],
	[MAPI.mobilePhone, 'TEL;TYPE=cell'],
];

function contactOf(_properties: MapiProperties, read: Read): string[] | undefined {
	const fields = fieldsOf(CONTACT, read);
	const isContact = /^ipm\.contact/i.test(read(MAPI.messageClass) ?? '');
	if (!isContact && fields.length === 0) return undefined;
	return ['BEGIN:VCARD', 'VERSION:4.0', ...fieldsOf(OF_CONTACTS, read), ...fields, 'END:VCARD'];
}

function fieldsOf(fields: Fields, read: Read): string[] {
	return fields.flatMap(([id, name]) => {
		const value = read(id);
		return value === undefined ? [] : [`${name}:${escaped(value)}`];
	});
}

/** A text as RFC 5545 section 3.3.11 writes it. */
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|[\r\n]/g, '\\n');

/** `20260505T101112Z` */
function timeOf(properties: MapiProperties, ids: number[]): string | undefined {
	const date = ids.map((id) => properties.get(id)).find((value) => value instanceof Date);
	return date?.toISOString().replace(/[-:]|\.\d{3}/g, '');
}
