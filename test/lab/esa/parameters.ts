import { isIP } from 'node:net';
import type { LabMessage } from './message';

export type Family = 'basic' | 'event';

/** How one search parameter of the message tracking call is checked and matched. */
export interface Parameter {
	family: Family;
	/** Throws with a message in the appliance's words when the value cannot be. */
	check?: (value: string) => boolean;
	/** Whether a message has it. Absent for members of a group: the first member matches for all. */
	matches?: (message: LabMessage, value: string, context: MatchContext) => boolean;
	/** The parameter that holds the operator. */
	operator?: string;
	/** All of them together or none. */
	group?: string[];
}

export interface MatchContext {
	operator: string;
	/** Folds texts where the appliance ignores case. */
	fold: (text: string) => string;
	parameters: ReadonlyMap<string, string>;
	/** Whether a search for the placeholder finds messages without a subject. */
	findsPlaceholder: boolean;
}

const OPERATORS: Record<string, (text: string, value: string) => boolean> = {
	is: (text, value) => text === value,
	contains: (text, value) => text.includes(value),
	begins_with: (text, value) => text.startsWith(value),
};

export const OPERATOR_VALUES = Object.keys(OPERATORS);

function text(operator: string, values: (message: LabMessage, context: MatchContext) => string[]): Parameter {
	return {
		family: 'basic',
		operator,
		check: (value) => value !== '',
		matches: (message, value, context) =>
			values(message, context).some((one) => OPERATORS[context.operator]?.(context.fold(one), context.fold(value))),
	};
}

const oneOf =
	(...allowed: string[]) =>
	(value: string) =>
		allowed.includes(value);
const listOf =
	(...allowed: string[]) =>
	(value: string) =>
		value.split(',').every((one) => allowed.includes(one));
const integer = (value: string) => /^-?\d{1,15}$/.test(value);
const filled = (value: string) => value !== '';

const flag: Parameter = { family: 'event', check: oneOf('True', 'true') };

function event(name: string, check: (value: string) => boolean, list = false): Parameter {
	return {
		family: 'event',
		check,
		matches: (message, value, { fold }) => {
			const wanted = (list ? value.split(',') : [value]).map(fold);
			return (message.events[name] ?? []).some((one) => wanted.includes(fold(one)));
		},
	};
}

/** A group of parameters that describes one event; those named in `lists` take several values. */
function group(members: Record<string, (value: string) => boolean>, lists: string[] = []): Array<[string, Parameter]> {
	const names = Object.keys(members);
	const [first] = names as [string];
	const matches: Parameter['matches'] = (message, _value, { parameters, fold }) =>
		(message.groups[first] ?? []).some((entry) =>
			names.every((name) => {
				const value = parameters.get(name) ?? '';
				const wanted = (lists.includes(name) ? value.split(',') : [value]).map(fold);
				return wanted.includes(fold(entry[name] ?? ''));
			}),
		);
	return Object.entries(members).map(([name, check]) => [
		name,
		{ family: 'event', check, group: names, ...(name === first ? { matches } : {}) },
	]);
}

const recipients = (message: LabMessage) => Object.values(message.recipients).flat();
const inOut = listOf('inbound', 'outbound');

/** Every search parameter of `message-tracking/messages`. */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
	['envelopeSenderfilterValue', text('envelopeSenderfilterOperator', (message) => [message.sender])],
	['envelopeRecipientfilterValue', text('envelopeRecipientfilterOperator', recipients)],
	[
		'subjectfilterValue',
		text('subjectfilterOperator', (message, context) =>
			message.subject === undefined ? (context.findsPlaceholder ? ['(No Subject)'] : []) : [message.subject],
		),
	],
	['attachmentNameValue', text('attachmentNameOperator', (message) => message.attachments.map(({ name }) => name))],
	['domainNameValue', text('domainNameOperator', (message) => [message.senderDomain])],
	['replyToValue', text('replyToOperator', (message) => [message.replyTo])],
	[
		'fileSha256',
		{
			family: 'basic',
			check: (value) => /^[0-9a-f]{64}$/.test(value),
			matches: (message, value) => message.attachments.some(({ sha256 }) => sha256 === value),
		},
	],
	[
		'messageIdHeader',
		{ family: 'basic', check: filled, matches: (message, value) => Object.values(message.messageIds).includes(value) },
	],
	[
		'ciscoMid',
		{
			family: 'basic',
			check: (value) => /^\d{1,15}$/.test(value),
			matches: (message, value) => message.mids.includes(Number(value)),
		},
	],
	[
		'senderIp',
		{ family: 'basic', check: (value) => isIP(value) !== 0, matches: (message, value) => message.senderIp === value },
	],
	[
		'messageDirection',
		{ family: 'basic', check: oneOf('incoming', 'outgoing'), matches: (message, value) => message.direction === value },
	],
	[
		'ciscoHost',
		{
			family: 'basic',
			check: filled,
			matches: (message, value, { fold }) => value === 'All_Hosts' || fold(message.hostName) === fold(value),
		},
	],
	...[
		'message_delivered',
		'daneFailure',
		'graymail',
		'hardBounced',
		'softBounced',
		'spamPositive',
		'quarantinedAsSpam',
		'suspectSpam',
		'virusPositive',
		'safeprintExt',
		'containedMaliciousUrls',
		'containedNeutralUrls',
		'inOutbreakQuarantine',
	].map((name): [string, Parameter] => [name, { ...flag, matches: (message) => message.flags.includes(name) }]),
	['deliveryStatus', event('deliveryStatus', oneOf('DELIVERED', 'DROPPED', 'ABORTED', 'BOUNCED'))],
	['quarantineStatus', event('quarantineStatus', oneOf('POLICY', 'AMP', 'AV', 'UNCLASSIFIED', 'DLP', 'OUTBREAK'))],
	['urlReputation', event('urlReputation', filled)],
	['urlCategories', event('urlCategories', filled, true)],
	['quarantinedTo', event('quarantinedTo', filled, true)],
	['threatName', event('threatName', filled)],
	['dlpViolationsNames', event('dlpViolationsNames', filled)],
	['dlpViolationsSeverities', event('dlpViolationsSeverities', oneOf('critical', 'high', 'medium', 'low'))],
	['dlpAction', event('dlpAction', oneOf('delivered', 'encrypted', 'dropped'))],
	['dmarcFrom', event('dmarcFrom', filled)],
	['dmarcAction', event('dmarcAction', oneOf('none', 'quarantine', 'reject', 'passed', 'failed'))],
	['etfSources', event('etfSources', filled)],
	['etfIocs', event('etfIocs', oneOf('file_hash', 'url', 'domain'))],
	...[
		'forgedEmailDetection',
		'geoLocation',
		'messageFilters',
		'outbreakFiltersUrlRewrittenByOf',
		'outbreakFiltersVofThreatCategory',
	].map((name): [string, Parameter] => [name, event(name, filled)]),
	...['ipReputation', 'sdrCategories', 'sdrThreatLevels'].map((name): [string, Parameter] => [
		name,
		event(name, integer),
	]),
	['smime', event('smime', oneOf('smime_successful', 'smime_failed'))],
	['appForwarding', event('appForwarding', oneOf('app_success', 'app_failed'))],
	...group({ contentFiltersName: filled, contentFiltersDirection: inOut, contentFiltersAction: oneOf('stopped') }, [
		'contentFiltersDirection',
	]),
	...group({ mailPolicyName: filled, mailPolicyDirection: inOut }, ['mailPolicyDirection']),
	...group(
		{
			advancedMalwareProtection: listOf('amp_clean', 'amp_malicious', 'amp_unknown', 'amp_unscannable', 'amp_lowrisk'),
			advancedMalwareProtectionMailflowDirection: listOf('incoming', 'outgoing'),
		},
		['advancedMalwareProtection', 'advancedMalwareProtectionMailflowDirection'],
	),
	...group({ macroFileTypesDetected: filled, macroMailflowDirection: inOut }, [
		'macroFileTypesDetected',
		'macroMailflowDirection',
	]),
	...group({ webInteractionTrackingUrls: filled, webInteractionTrackingMailflowDirection: inOut }, [
		'webInteractionTrackingMailflowDirection',
	]),
]);

/** Names of the parameters that hold an operator. */
export const OPERATOR_PARAMETERS: ReadonlyMap<string, string> = new Map(
	[...PARAMETERS].flatMap(([name, { operator }]) => (operator === undefined ? [] : [[operator, name]])),
);
