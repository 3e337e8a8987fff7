import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { LEAVE_OUT_PRESETS, type IndicatorFlag, type LeaveOutPreset } from '../../lib/indicators';
import { choiceParameter, choicesOption } from './choices';

const leaveOutProperty: INodeProperties = {
	displayName: 'Leave Out',
	name: 'leaveOut',
	type: 'options',
	options: [
		{
			name: 'Phishing Triage',
			value: 'phishingTriage',
			description: 'Look-alikes, own domains, recipients, relays, private addresses, link rewriters and similar values',
		},
		{
			name: 'Look-Alikes',
			value: 'lookAlikes',
			description: 'Values that only look like indicators, own domains and the allow list',
		},
		{ name: 'Nothing', value: 'nothing', description: 'All values are kept, with their flags' },
		{ name: 'Custom', value: 'custom', description: 'Values with one of the flags that you select' },
	],
	default: 'phishingTriage',
	description: "Which values to leave out, by their flags. The field 'leftOut' counts them.",
};

const leaveOutFlagsProperty: INodeProperties = {
	displayName: 'Flags',
	name: 'leaveOutFlags',
	type: 'multiOptions',
	displayOptions: { show: { leaveOut: ['custom'] } },
	options: [
		{ name: 'Allow-Listed', value: 'allow-listed' },
		{
			name: 'Decoy Links',
			value: 'decoy',
			description: 'One of many small links of a PDF to many hosts, beside a large one',
		},
		{
			name: 'Display Names',
			value: 'display-name',
			description: 'An address in the display name of another address',
		},
		{ name: 'Documentation Ranges', value: 'documentation' },
		{
			name: 'Domains of Mail Providers',
			value: 'mail-provider',
			description: 'The domain alone, not the addresses at the provider',
		},
		{
			name: 'Embedded URLs',
			value: 'embedded',
			description: 'A URL inside of another URL, such as the target of a redirect',
		},
		{ name: 'Empty Files', value: 'empty-file' },
		{ name: 'File Names That Look Like Domains', value: 'file-name-like' },
		{ name: 'Hidden Text', value: 'hidden-text', description: 'Text that the style of the page hides' },
		{ name: 'Identifiers That Look Like Hashes', value: 'id-like' },
		{ name: 'Inline Images', value: 'inline-image' },
		{ name: 'Link Texts', value: 'link-text', description: 'The visible text of a link that looks like a URL' },
		{ name: 'Look-Alike Domains', value: 'lookalike-domain' },
		{
			name: 'Misplaced Senders',
			value: 'misplaced',
			description: 'Mail programs show it as the sender, mail servers do not read it',
		},
		{ name: 'Own Domains', value: 'own-domain' },
		{ name: 'Private Addresses', value: 'private' },
		{ name: 'Public Resolvers', value: 'resolver' },
		{ name: 'Recipients', value: 'recipient' },
		{ name: 'Relays', value: 'relay' },
		{ name: 'Rewriter URLs', value: 'rewritten', description: 'The wrapper around a link, not its target' },
		{ name: 'Schema URLs', value: 'schema-url' },
		{
			name: 'Senders That Show Another Address',
			value: 'name-mismatch',
			description: 'Their display name holds another address or domain',
		},
		{ name: 'Tracking', value: 'tracking' },
		{ name: 'Unsubscribe Links', value: 'unsubscribe' },
		{ name: 'Versions That Look Like Addresses', value: 'version-like' },
		{ name: 'VIP Names', value: 'vip-name', description: 'Senders with the display name of a VIP' },
		{ name: 'Warning Lists', value: 'warning-list' },
	],
	default: [...LEAVE_OUT_PRESETS.phishingTriage],
	description: 'Values with one of these flags are left out. A defanged value is kept even if it is allow-listed.',
};

/** Which values are left out, by what is thought of them. */
export const leaveOutProperties: INodeProperties[] = [leaveOutProperty, leaveOutFlagsProperty];

/** The flags of what {@link leaveOutProperties} leave out. */
export function leftOutFlags(context: IExecuteFunctions, itemIndex: number): readonly IndicatorFlag[] {
	const preset = choiceParameter<LeaveOutPreset | 'custom'>(context, leaveOutProperty, itemIndex);
	if (preset !== 'custom') return LEAVE_OUT_PRESETS[preset];
	return choicesOption<IndicatorFlag>(
		leaveOutFlagsProperty,
		context.getNodeParameter(leaveOutFlagsProperty.name, itemIndex, leaveOutFlagsProperty.default),
	);
}
