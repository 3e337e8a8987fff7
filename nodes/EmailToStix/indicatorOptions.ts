import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { extractOf, USUAL_KINDS, type ConvertOptions } from '../../lib/flow';
import type { ExtractOptions } from '../../lib/indicators';
import { INDICATOR_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import type { Analyse } from '../../lib/reported';
import { analyseProperty } from '../shared/analysis';
import { choiceParameter, choicesOption } from '../shared/choices';
import { leftOutFlags } from '../shared/leaveOut';
import { numberOption } from '../shared/numberOption';
import { attachmentPasswordsOption, openingOf, otherArchivesOption } from '../shared/openAttachments';
import { listOf } from '../shared/operation';
import { warningListFileOption, warningListsOf, warningListsOption, type WarningListParameters } from './warningLists';

const { maxIndicators } = INDICATOR_LIMITS;

const maxIndicatorsOption: INodeProperties = {
	displayName: 'Max Indicators',
	name: 'maxIndicators',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maxIndicators,
	description: 'Max number of indicators per message',
};

const extractOption: INodeProperties = {
	displayName: 'Extract',
	name: 'extract',
	type: 'multiOptions',
	options: [
		{ name: 'ATT&CK Techniques', value: 'techniques', description: 'IDs of MITRE ATT&CK, such as T1566.001' },
		{ name: 'Autonomous Systems', value: 'asn' },
		{ name: 'Cryptocurrency Wallets', value: 'wallets', description: 'Wallet addresses with a valid checksum' },
		{ name: 'CVE IDs', value: 'cve' },
		{ name: 'Domains', value: 'domains' },
		{ name: 'Email Addresses', value: 'emailAddresses' },
		{
			name: 'From Header Fields',
			value: 'headers',
			description: 'Senders, Received header fields and originating addresses',
		},
		{ name: 'Handles', value: 'handles', description: 'Names of accounts, such as @name, and links to Telegram' },
		{ name: 'Hashes in Text', value: 'hashes' },
		{ name: 'Hashes of Attachments', value: 'attachments' },
		{ name: 'IP Addresses', value: 'ips' },
		{ name: 'MAC Addresses', value: 'mac' },
		{
			name: 'Phone Numbers',
			value: 'phones',
			description: 'With a country code, and those of North America',
		},
		{ name: 'Registry Keys', value: 'registryKeys' },
		{ name: 'URLs', value: 'urls' },
	],
	default: [...USUAL_KINDS],
	description: 'What to extract',
};

/** What is looked for, where, and what is known about the organisation. */
export const extractionProperty: INodeProperties = {
	displayName: 'Extraction',
	name: 'extraction',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Allow List',
			name: 'allowList',
			type: 'string',
			default: '',
			placeholder: 'e.g. .example.com, 192.0.2.0/24, https://example.org/',
			description:
				'Values to flag as allow-listed, separated by commas: exact values, domain suffixes with a leading dot, or networks',
		},
		attachmentPasswordsOption,
		extractOption,
		maxIndicatorsOption,
		otherArchivesOption,
		{
			displayName: 'Own Domains',
			name: 'ownDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.com, example.org',
			description:
				'Domains of your organization, separated by commas. Leave empty to use the domain of the mailbox that the message was read from. Public mail providers do not count.',
		},
		{
			displayName: 'Protected Domains',
			name: 'protectedDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.net, bank.example',
			description:
				'Domains of brands and partners, separated by commas. Domains that look like one of them, or like one of your own, get the flag lookalike-domain.',
		},
		{
			displayName: 'Read Attached Messages',
			name: 'attachedMessages',
			type: 'boolean',
			default: true,
			description: 'Whether to also search attached messages',
		},
		{
			displayName: 'Read Text Attachments',
			name: 'textAttachments',
			type: 'boolean',
			default: true,
			description: 'Whether to also search text attachments (text, HTML, CSV, XML, JSON)',
		},
		{
			displayName: 'Trusted Relays',
			name: 'trustedRelays',
			type: 'string',
			default: '',
			placeholder: 'e.g. 192.0.2.0/24, .mail.example.com',
			description:
				'Your own mail relays, separated by commas: addresses, networks or hosts. Their Received header fields are trusted.',
		},
		{
			displayName: 'VIP Names',
			name: 'vipNames',
			type: 'string',
			default: '',
			placeholder: 'e.g. Jane Doe, John Smith <john@example.net>',
			description:
				'Names that attackers borrow, separated by commas, with their other addresses in angle brackets. Other senders with such a display name get the flag vip-name.',
		},
		warningListsOption,
		warningListFileOption,
	],
};

interface Parameters extends WarningListParameters {
	protectedDomains?: unknown;
	vipNames?: unknown;
	allowList?: unknown;
	extract?: unknown;
	maxIndicators?: unknown;
	ownDomains?: unknown;
	attachedMessages?: boolean;
	textAttachments?: boolean;
	trustedRelays?: unknown;
}

/** The parameters of `leaveOutProperties` and {@link extractionProperty} as options of `extractIndicators`. */
async function extractOptions(context: IExecuteFunctions, itemIndex: number): Promise<ExtractOptions> {
	const parameters = context.getNodeParameter('extraction', itemIndex, {}) as Parameters;
	const { attachedMessages, textAttachments } = parameters;
	const chosen = choicesOption<string>(extractOption, parameters.extract);
	const ownDomains = listOf(parameters.ownDomains);
	return {
		...extractOf(chosen),
		allowList: listOf(parameters.allowList),
		// Nobody named any: those of the mailbox.
		ownDomains: ownDomains.length === 0 ? undefined : ownDomains,
		trustedRelays: listOf(parameters.trustedRelays),
		protectedDomains: listOf(parameters.protectedDomains),
		vipNames: listOf(parameters.vipNames),
		warningLists: await warningListsOf(context, itemIndex, parameters),
		exclude: leftOutFlags(context, itemIndex),
		maxIndicators: numberOption(maxIndicatorsOption, parameters.maxIndicators),
		attachedMessages,
		textAttachments,
	};
}

/** What both operations do with a message before they go their own ways. */
export async function readingOptions(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<Pick<ConvertOptions, 'analyse' | 'extraction' | 'opening' | 'signal'>> {
	return {
		analyse: choiceParameter<Analyse>(context, analyseProperty, itemIndex),
		extraction: await extractOptions(context, itemIndex),
		opening: openingOf(context, itemIndex, extractionProperty.name),
		signal: context.getExecutionCancelSignal?.(),
	};
}
