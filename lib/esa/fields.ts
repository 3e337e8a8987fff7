/** How the appliance searches a column: one parameter of `message-tracking/messages`. */
export type Search =
	/** Text with an operator parameter: is, contains, begins_with. */
	| { kind: 'text'; parameter: string; operator: string }
	/** One exact value. */
	| { kind: 'value'; parameter: string; type: ValueType }
	/** An event that happened: only `=True` can be asked. */
	| { kind: 'flag'; parameter: string }
	/** An event with a value. */
	| { kind: 'event'; parameter: string; type?: 'integer'; allowed?: readonly string[]; list?: true }
	/** An event that only several parameters together describe. */
	| { kind: 'member'; parameter: string; group: Group; allowed?: readonly string[]; list?: true };

export type ValueType = 'ip' | 'sha256' | 'text' | 'mid' | 'direction' | 'host';

/** Columns that are searched only together: the parameters, and the STIX properties for messages to the user. */
export interface Group {
	parameters: readonly string[];
	properties: readonly string[];
}

/** One STIX object path that can be hunted. */
export interface Field {
	/** Alternatives: a message is found by one of them. Empty when the appliance cannot search it. */
	searches: readonly Search[];
	/** Object paths in the STIX of a row that say the same. Absent when rows do not show it. */
	rows?: readonly string[];
	/** Rows show it in more places than the appliance searches; what the others are. */
	beyond?: string;
	/** Type of the constants, where the dialect of stix-shifter writes numbers as text. */
	integer?: true;
	/** Rows show other words than the appliance searches: these constants are searched, all others looked up in rows. */
	vocabulary?: readonly string[];
}

const text = (parameter: string): Search => ({
	kind: 'text',
	parameter: `${parameter}Value`,
	operator: `${parameter}Operator`,
});
const value = (parameter: string, type: ValueType): Search => ({ kind: 'value', parameter, type });
const flag = (parameter: string): Field => ({ searches: [{ kind: 'flag', parameter }] });
const event = (parameter: string, ...allowed: string[]): Field => ({
	searches: [{ kind: 'event', parameter, ...(allowed.length > 0 ? { allowed } : {}) }],
});
const list = (parameter: string): Field => ({ searches: [{ kind: 'event', parameter, list: true }] });
const integer = (parameter: string): Field => ({
	searches: [{ kind: 'event', parameter, type: 'integer' }],
	integer: true,
});
const shown = (rows: string): Field => ({ searches: [], rows: [rows] });

const sender = text('envelopeSenderfilter');
const recipient = text('envelopeRecipientfilter');
const senderIp = value('senderIp', 'ip');
const DELIVERY = ['DELIVERED', 'DROPPED', 'ABORTED', 'BOUNCED'];
const IN_OUT = ['inbound', 'outbound'];
const INCOMING = ['incoming', 'outgoing'];

const group = (members: Readonly<Record<string, string>>): Group => ({
	parameters: Object.values(members),
	properties: Object.keys(members),
});
const CONTENT_FILTER = group({
	content_filters_name: 'contentFiltersName',
	content_filters_direction: 'contentFiltersDirection',
	content_filters_action: 'contentFiltersAction',
});
const MAIL_POLICY = group({ mail_policy: 'mailPolicyName', mail_policy_direction: 'mailPolicyDirection' });
const MALWARE = group({
	advanced_malware_protection: 'advancedMalwareProtection',
	advanced_malware_protection_mailflow_direction: 'advancedMalwareProtectionMailflowDirection',
});
const MACRO = group({
	macro_file_types_detected: 'macroFileTypesDetected',
	macro_mailflow_direction: 'macroMailflowDirection',
});
const WEB_INTERACTION = group({
	web_interaction_tracking_urls: 'webInteractionTrackingUrls',
	web_interaction_tracking_mailflow_direction: 'webInteractionTrackingMailflowDirection',
});
const member = (of: Group, parameter: string, more: { allowed?: readonly string[]; list?: true } = {}): Field => ({
	searches: [{ kind: 'member', parameter, group: of, ...more }],
});

const EVENTS: Readonly<Record<string, Field>> = {
	message_status: {
		searches: event('deliveryStatus', ...DELIVERY).searches,
		rows: ['x-cisco-email-msgevent:message_status'],
		vocabulary: DELIVERY,
	},
	message_direction: { searches: [value('messageDirection', 'direction')], rows: ['x-cisco-email-msgevent:direction'] },
	direction: { searches: [value('messageDirection', 'direction')], rows: ['x-cisco-email-msgevent:direction'] },
	reply_to: { searches: [text('replyTo')], rows: ['x-cisco-email-msgevent:reply_to'] },
	sbrs_score: shown('x-cisco-email-msgevent:sbrs_score'),

	message_delivered: flag('message_delivered'),
	dane_failure: flag('daneFailure'),
	graymail: flag('graymail'),
	hard_bounced: flag('hardBounced'),
	soft_bounced: flag('softBounced'),
	spam_positive: flag('spamPositive'),
	quarantined_as_spam: flag('quarantinedAsSpam'),
	suspect_spam: flag('suspectSpam'),
	virus_positive: flag('virusPositive'),
	safeprint_ext: flag('safeprintExt'),
	contained_malicious_urls: flag('containedMaliciousUrls'),
	contained_neutral_urls: flag('containedNeutralUrls'),
	in_outbreak_quarantine: flag('inOutbreakQuarantine'),

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

	content_filters_name: member(CONTENT_FILTER, 'contentFiltersName'),
	content_filters_direction: member(CONTENT_FILTER, 'contentFiltersDirection', { allowed: IN_OUT, list: true }),
	content_filters_action: member(CONTENT_FILTER, 'contentFiltersAction', { allowed: ['stopped'] }),
	mail_policy: { ...member(MAIL_POLICY, 'mailPolicyName'), rows: ['x-cisco-email-msgevent:mail_policy[*]'] },
	'mail_policy[*]': { ...member(MAIL_POLICY, 'mailPolicyName'), rows: ['x-cisco-email-msgevent:mail_policy[*]'] },
	mail_policy_direction: member(MAIL_POLICY, 'mailPolicyDirection', { allowed: IN_OUT, list: true }),
	advanced_malware_protection: member(MALWARE, 'advancedMalwareProtection', {
		allowed: ['amp_clean', 'amp_malicious', 'amp_unknown', 'amp_unscannable', 'amp_lowrisk'],
		list: true,
	}),
	advanced_malware_protection_mailflow_direction: member(MALWARE, 'advancedMalwareProtectionMailflowDirection', {
		allowed: INCOMING,
		list: true,
	}),
	macro_file_types_detected: member(MACRO, 'macroFileTypesDetected', { list: true }),
	macro_mailflow_direction: member(MACRO, 'macroMailflowDirection', { allowed: IN_OUT, list: true }),
	web_interaction_tracking_urls: member(WEB_INTERACTION, 'webInteractionTrackingUrls'),
	web_interaction_tracking_mailflow_direction: member(WEB_INTERACTION, 'webInteractionTrackingMailflowDirection', {
		allowed: IN_OUT,
		list: true,
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
		{ searches: [recipient, sender], rows: ['email-addr:value'], beyond: 'header From and Reply-To' },
	],
	['email-message:from_ref', { searches: [sender], rows: SENDER_ROWS }],
	['email-message:from_ref.value', shown('email-message:from_ref.value')],
	['email-message:sender_ref', { searches: [sender], rows: SENDER_ROWS }],
	['email-message:sender_ref.value', { searches: [sender], rows: ['email-message:sender_ref.value'] }],
	['email-message:to_refs', { searches: [recipient], rows: RECIPIENT_ROWS }],
	['email-message:to_refs[*]', { searches: [recipient], rows: RECIPIENT_ROWS }],
	['email-message:to_refs[*].value', { searches: [recipient], rows: ['email-message:to_refs[*].value'] }],
	['email-message:subject', { searches: [text('subjectfilter')], rows: ['email-message:subject'] }],
	['email-message:message_id', { searches: [value('messageIdHeader', 'text')], rows: ['email-message:message_id'] }],
	[
		'email-message:x_message_id_header',
		{ searches: [value('messageIdHeader', 'text')], rows: ['email-message:x_message_id_header'] },
	],
	[
		'email-message:x_cisco_mid',
		{ searches: [value('ciscoMid', 'mid')], rows: ['email-message:x_cisco_mid'], integer: true },
	],
	['email-message:x_cisco_icid', { ...shown('email-message:x_cisco_icid'), integer: true }],
	['email-message:x_serial_number', shown('email-message:x_serial_number')],
	['email-message:x_sender_group', shown('email-message:x_sender_group')],
	['email-message:x_final_subject', shown('email-message:x_final_subject')],
	['email-message:x_friendly_from[*]', shown('email-message:x_friendly_from[*]')],
	['email-message:x_sender_ip_ref', { searches: [senderIp], rows: ['email-message:x_sender_ip_ref.value'] }],
	['email-message:x_sender_ip_ref.value', { searches: [senderIp], rows: ['email-message:x_sender_ip_ref.value'] }],
	['email-message:x_cisco_host_ref.hostname', shown('email-message:x_cisco_host_ref.hostname')],
	['email-message:date', shown('email-message:date')],
	['ipv4-addr:value', { searches: [senderIp], rows: ['ipv4-addr:value'] }],
	['ipv6-addr:value', { searches: [senderIp], rows: ['ipv6-addr:value'] }],
	['domain-name:value', { searches: [text('domainName')], rows: ['domain-name:value'] }],
	['file:name', { searches: [text('attachmentName')] }],
	['file:hashes.SHA-256', { searches: [value('fileSha256', 'sha256')] }],
	['x-oca-asset:hostname', shown('x-oca-asset:hostname')],
	['x-oca-host:hostname', { searches: [value('ciscoHost', 'host')] }],
	...Object.entries(EVENTS).map(([name, field]): [string, Field] => [`x-cisco-email-msgevent:${name}`, field]),
]);
