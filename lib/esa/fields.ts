import type { HuntField, HuntGroup } from '../hunt';
import { searchOf, type Column } from './column';
import type { Parameter } from './query';

type Field = HuntField<Parameter>;

const text = (parameter: string): Extract<Column, { kind: 'text' }> => ({
	kind: 'text',
	parameter: `${parameter}Value`,
	operator: `${parameter}Operator`,
});
const value = (parameter: string, type: Extract<Column, { kind: 'value' }>['type']): Column => ({
	kind: 'value',
	parameter,
	type,
});

/** Words of the appliance for what became of a message; rows have others. */
export const DELIVERY_STATUSES = ['DELIVERED', 'DROPPED', 'ABORTED', 'BOUNCED'] as const;

/** The columns that a search by fields takes, by the names of its fields; hunts ask the same. */
export const COLUMNS = {
	sender: text('envelopeSenderfilter'),
	recipient: text('envelopeRecipientfilter'),
	subject: text('subjectfilter'),
	attachmentName: text('attachmentName'),
	domain: text('domainName'),
	replyTo: text('replyTo'),
	messageId: value('messageIdHeader', 'text'),
	mid: value('ciscoMid', 'mid'),
	senderIp: value('senderIp', 'ip'),
	sha256: value('fileSha256', 'sha256'),
	direction: value('messageDirection', 'direction'),
	deliveryStatus: { kind: 'event', parameter: 'deliveryStatus', allowed: DELIVERY_STATUSES },
	host: value('ciscoHost', 'text'),
} as const satisfies Readonly<Record<string, Column>>;

/** A column that the appliance can be searched by. */
export type SearchColumn = keyof typeof COLUMNS;
/** Columns that are compared by an operator. */
export type TextColumn = {
	[Name in SearchColumn]: (typeof COLUMNS)[Name] extends { kind: 'text' } ? Name : never;
}[SearchColumn];

/** Events that happened or not: the parameter that asks for each, by its name in patterns. */
const FLAGS = {
	message_delivered: 'message_delivered',
	dane_failure: 'daneFailure',
	graymail: 'graymail',
	hard_bounced: 'hardBounced',
	soft_bounced: 'softBounced',
	spam_positive: 'spamPositive',
	quarantined_as_spam: 'quarantinedAsSpam',
	suspect_spam: 'suspectSpam',
	virus_positive: 'virusPositive',
	safeprint_ext: 'safeprintExt',
	contained_malicious_urls: 'containedMaliciousUrls',
	contained_neutral_urls: 'containedNeutralUrls',
	in_outbreak_quarantine: 'inOutbreakQuarantine',
} as const;

/** An event that a message may have had, by the name of its parameter. */
export type EsaEvent = (typeof FLAGS)[keyof typeof FLAGS];

/** All of them, for forms. */
export const ESA_EVENTS: readonly EsaEvent[] = Object.values(FLAGS);

const searched = (...columns: Column[]): Pick<Field, 'searches'> => ({ searches: columns.map(searchOf) });
const event = (parameter: string, ...allowed: string[]): Field =>
	searched({ kind: 'event', parameter, ...(allowed.length > 0 ? { allowed } : {}) });
const list = (parameter: string): Field => searched({ kind: 'event', parameter, list: true });
const integer = (parameter: string): Field => ({
	...searched({ kind: 'event', parameter, type: 'integer' }),
	integer: true,
});
const shown = (rows: string): Field => ({ searches: [], rows: [rows] });

const IN_OUT = ['inbound', 'outbound'];
const INCOMING = ['incoming', 'outgoing'];
const EVENT = 'x-cisco-email-msgevent';

type Member = Omit<Extract<Column, { kind: 'member' }>, 'kind' | 'group'>;

/** Events that are searched only together, by their names in patterns. */
function together<Name extends string>(columns: Readonly<Record<Name, Member>>): Record<Name, Field> {
	const pathOf = (name: string) => `${EVENT}:${name}`;
	const group: HuntGroup = { members: Object.keys(columns).map(pathOf) };
	const fields = Object.entries<Member>(columns).map(([name, column]): [string, Field] => [
		name,
		{ ...searched({ kind: 'member', group, ...column }), member: { of: group, path: pathOf(name) } },
	]);
	return Object.fromEntries(fields) as Record<Name, Field>;
}

const MAIL_POLICY = together({
	mail_policy: { parameter: 'mailPolicyName' },
	mail_policy_direction: { parameter: 'mailPolicyDirection', allowed: IN_OUT, list: true },
});
const MAIL_POLICY_NAME: Field = { ...MAIL_POLICY.mail_policy, rows: [`${EVENT}:mail_policy[*]`] };

const EVENTS: Readonly<Record<string, Field>> = {
	message_status: {
		...searched(COLUMNS.deliveryStatus),
		rows: [`${EVENT}:message_status`],
		vocabulary: DELIVERY_STATUSES,
	},
	message_direction: { ...searched(COLUMNS.direction), rows: [`${EVENT}:direction`] },
	direction: { ...searched(COLUMNS.direction), rows: [`${EVENT}:direction`] },
	reply_to: { ...searched(COLUMNS.replyTo), rows: [`${EVENT}:reply_to`] },
	sbrs_score: shown(`${EVENT}:sbrs_score`),

	...Object.fromEntries(
		Object.entries(FLAGS).map(([name, parameter]) => [name, searched({ kind: 'flag', parameter })]),
	),

	quarantine_status: event('quarantineStatus', 'POLICY', 'AMP', 'AV', 'UNCLASSIFIED', 'DLP', 'OUTBREAK'),
	quarantined_to: list('quarantinedTo'),
	url_reputation: event('urlReputation'),
	url_categories: list('urlCategories'),
	threat_name: event('threatName'),
	dlp_violations_names: event('dlpViolationsNames'),
	dlpViolationsSeverities: event('dlpViolationsSeverities', 'critical', 'high', 'medium', 'low'),
	dlp_violations_severities: event('dlpViolationsSeverities', 'critical', 'high', 'medium', 'low'),
	dlp_action: event('dlpAction', 'delivered', 'encrypted', 'dropped'),
	dmarc_from: event('dmarcFrom'),
	dmarc_action: event('dmarcAction', 'none', 'quarantine', 'reject', 'passed', 'failed'),
	etf_sources: event('etfSources'),
	etf_iocs: event('etfIocs', 'file_hash', 'url', 'domain'),
	forged_email_detection: event('forgedEmailDetection'),
	geo_location: event('geoLocation'),
	message_filters: event('messageFilters'),
	outbreak_filters_url_rewritten_byof: event('outbreakFiltersUrlRewrittenByOf'),
	outbreak_filtersVofThreatCategory: event('outbreakFiltersVofThreatCategory'),
	ip_reputation: integer('ipReputation'),
	sdr_categories: integer('sdrCategories'),
	sdr_threat_levels: integer('sdrThreatLevels'),
	s_mime: event('smime', 'smime_successful', 'smime_failed'),
	app_forwarding: event('appForwarding', 'app_success', 'app_failed'),

	...together({
		content_filters_name: { parameter: 'contentFiltersName' },
		content_filters_direction: { parameter: 'contentFiltersDirection', allowed: IN_OUT, list: true },
		content_filters_action: { parameter: 'contentFiltersAction', allowed: ['stopped'] },
	}),
	...MAIL_POLICY,
	mail_policy: MAIL_POLICY_NAME,
	'mail_policy[*]': MAIL_POLICY_NAME,
	...together({
		advanced_malware_protection: {
			parameter: 'advancedMalwareProtection',
			allowed: ['amp_clean', 'amp_malicious', 'amp_unknown', 'amp_unscannable', 'amp_lowrisk'],
			list: true,
		},
		advanced_malware_protection_mailflow_direction: {
			parameter: 'advancedMalwareProtectionMailflowDirection',
			allowed: INCOMING,
			list: true,
		},
	}),
	...together({
		macro_file_types_detected: { parameter: 'macroFileTypesDetected', list: true },
		macro_mailflow_direction: { parameter: 'macroMailflowDirection', allowed: IN_OUT, list: true },
	}),
	...together({
		web_interaction_tracking_urls: { parameter: 'webInteractionTrackingUrls' },
		web_interaction_tracking_mailflow_direction: {
			parameter: 'webInteractionTrackingMailflowDirection',
			allowed: IN_OUT,
			list: true,
		},
	}),
};

const SENDER_ROWS = ['email-message:sender_ref.value', 'email-message:x_envelope_sender'];
const RECIPIENT_ROWS = ['email-message:to_refs[*].value', 'email-message:x_envelope_recipients[*]'];

/**
 * Every object path that can be hunted. A reference compared with text, as in `email-message:from_ref = 'a@example.com'`, is
 * stix-shifter's dialect and means what the appliance searches: the envelope. The path that STIX defines, with `.value`,
 * means what STIX says; of `from_ref.value` that is the header From.
 */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
	[
		'email-addr:value',
		{
			...searched(COLUMNS.recipient, COLUMNS.sender),
			rows: ['email-addr:value'],
			beyond: { searched: 'the envelope', elsewhere: 'header From and Reply-To' },
		},
	],
	['email-message:from_ref', { ...searched(COLUMNS.sender), rows: SENDER_ROWS }],
	['email-message:from_ref.value', shown('email-message:from_ref.value')],
	['email-message:sender_ref', { ...searched(COLUMNS.sender), rows: SENDER_ROWS }],
	['email-message:sender_ref.value', { ...searched(COLUMNS.sender), rows: ['email-message:sender_ref.value'] }],
	['email-message:to_refs', { ...searched(COLUMNS.recipient), rows: RECIPIENT_ROWS }],
	['email-message:to_refs[*]', { ...searched(COLUMNS.recipient), rows: RECIPIENT_ROWS }],
	['email-message:to_refs[*].value', { ...searched(COLUMNS.recipient), rows: ['email-message:to_refs[*].value'] }],
	['email-message:subject', { ...searched(COLUMNS.subject), rows: ['email-message:subject'] }],
	['email-message:message_id', { ...searched(COLUMNS.messageId), rows: ['email-message:message_id'] }],
	[
		'email-message:x_message_id_header',
		{ ...searched(COLUMNS.messageId), rows: ['email-message:x_message_id_header'] },
	],
	['email-message:x_cisco_mid', { ...searched(COLUMNS.mid), rows: ['email-message:x_cisco_mid'], integer: true }],
	['email-message:x_cisco_icid', { ...shown('email-message:x_cisco_icid'), integer: true }],
	['email-message:x_serial_number', shown('email-message:x_serial_number')],
	['email-message:x_sender_group', shown('email-message:x_sender_group')],
	['email-message:x_final_subject', shown('email-message:x_final_subject')],
	['email-message:x_friendly_from[*]', shown('email-message:x_friendly_from[*]')],
	['email-message:x_sender_ip_ref', { ...searched(COLUMNS.senderIp), rows: ['email-message:x_sender_ip_ref.value'] }],
	[
		'email-message:x_sender_ip_ref.value',
		{ ...searched(COLUMNS.senderIp), rows: ['email-message:x_sender_ip_ref.value'] },
	],
	['email-message:x_cisco_host_ref.hostname', shown('email-message:x_cisco_host_ref.hostname')],
	['email-message:date', shown('email-message:date')],
	['ipv4-addr:value', { ...searched(COLUMNS.senderIp), rows: ['ipv4-addr:value'] }],
	['ipv6-addr:value', { ...searched(COLUMNS.senderIp), rows: ['ipv6-addr:value'] }],
	['domain-name:value', { ...searched(COLUMNS.domain), rows: ['domain-name:value'] }],
	['file:name', { ...searched(COLUMNS.attachmentName) }],
	['file:hashes.SHA-256', { ...searched(COLUMNS.sha256) }],
	['x-oca-asset:hostname', shown('x-oca-asset:hostname')],
	['x-oca-host:hostname', { ...searched(COLUMNS.host) }],
	...Object.entries(EVENTS).map(([name, field]): [string, Field] => [`x-cisco-email-msgevent:${name}`, field]),
]);
