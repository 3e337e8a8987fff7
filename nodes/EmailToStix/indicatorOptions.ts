import type { INodeProperties } from 'n8n-workflow';
import type { ExtractOptions, IndicatorFlag } from '../../lib/indicators';
import { INDICATOR_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { numberOption } from '../shared/numberOption';
import { listOf } from '../shared/operation';

const STANDARD = ['attachments', 'domains', 'emailAddresses', 'hashes', 'headers', 'ips', 'urls'] as const;
const OPT_IN = ['asn', 'cve', 'mac', 'wallets'] as const;
/** What only looks like an indicator. */
const LOOK_ALIKES: IndicatorFlag[] = ['file-name-like', 'id-like', 'schema-url', 'version-like'];

const { maxIndicators } = INDICATOR_LIMITS;

const maxIndicatorsOption: INodeProperties = {
	displayName: 'Max Indicators',
	name: 'maxIndicators',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maxIndicators,
	description: 'Max number of indicators per message',
};

/** What is looked for, where, and what is known about the organisation. */
export const indicatorOptionsProperty: INodeProperties = {
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
		{
			displayName: 'Extract',
			name: 'extract',
			type: 'multiOptions',
			options: [
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
				{ name: 'Hashes in Text', value: 'hashes' },
				{ name: 'Hashes of Attachments', value: 'attachments' },
				{ name: 'IP Addresses', value: 'ips' },
				{ name: 'MAC Addresses', value: 'mac' },
				{ name: 'URLs', value: 'urls' },
			],
			default: [...STANDARD],
			description: 'What to extract',
		},
		{
			displayName: 'Leave Out Flagged',
			name: 'exclude',
			type: 'multiOptions',
			options: [
				{ name: 'Allow-Listed', value: 'allow-listed' },
				{ name: 'Documentation Ranges', value: 'documentation' },
				{ name: 'File Names That Look Like Domains', value: 'file-name-like' },
				{ name: 'Identifiers That Look Like Hashes', value: 'id-like' },
				{ name: 'Inline Images', value: 'inline-image' },
				{ name: 'Link Texts', value: 'link-text', description: 'The visible text of a link that looks like a URL' },
				{ name: 'Own Domains', value: 'own-domain' },
				{ name: 'Private Addresses', value: 'private' },
				{ name: 'Public Resolvers', value: 'resolver' },
				{ name: 'Recipients', value: 'recipient' },
				{ name: 'Relays', value: 'relay' },
				{ name: 'Rewriter URLs', value: 'rewritten', description: 'The wrapper around a link, not its target' },
				{ name: 'Schema URLs', value: 'schema-url' },
				{ name: 'Tracking', value: 'tracking' },
				{ name: 'Unsubscribe Links', value: 'unsubscribe' },
				{ name: 'Versions That Look Like Addresses', value: 'version-like' },
			],
			default: [...LOOK_ALIKES],
			description: 'Values with these flags are left out. A defanged value is kept even if it is allow-listed.',
		},
		maxIndicatorsOption,
		{
			displayName: 'Own Domains',
			name: 'ownDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.com, example.org',
			description:
				'Domains of your organization, separated by commas. Values that belong to them are flagged as own-domain.',
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
	],
};

interface Parameters {
	allowList?: string;
	extract?: string[];
	exclude?: IndicatorFlag[];
	maxIndicators?: unknown;
	ownDomains?: string;
	attachedMessages?: boolean;
	textAttachments?: boolean;
	trustedRelays?: string;
}

/** The `extraction` collection as options of `extractIndicators`. */
export function extractOptions(parameters: Parameters): ExtractOptions {
	const { allowList, extract, exclude, ownDomains, attachedMessages, textAttachments, trustedRelays } = parameters;
	const chosen = extract ?? STANDARD;
	return {
		...Object.fromEntries([...STANDARD, ...OPT_IN].map((name) => [name, (chosen as readonly string[]).includes(name)])),
		allowList: listOf(allowList),
		ownDomains: listOf(ownDomains),
		trustedRelays: listOf(trustedRelays),
		exclude: exclude ?? LOOK_ALIKES,
		maxIndicators: numberOption(maxIndicatorsOption, parameters.maxIndicators),
		attachedMessages,
		textAttachments,
	};
}
