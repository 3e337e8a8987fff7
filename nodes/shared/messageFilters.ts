import type { INodeProperties } from 'n8n-workflow';
import type { MessageFilterRules } from '../../lib/mailbox';

/** Which messages a trigger takes; the names are those of lib's rules. */
export const messageFiltersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description:
		'Only messages that match all filters start the workflow. Other messages are skipped and not read again.',
	options: [
		{
			displayName: 'Sender Contains',
			name: 'senderContains',
			type: 'string',
			default: '',
			placeholder: 'e.g. @example.com',
			description: "Words in the sender's address or name (case-insensitive)",
		},
		{
			displayName: 'Sender Matches Regex',
			name: 'senderRegex',
			type: 'string',
			default: '',
			placeholder: 'e.g. ^(abuse|security)@',
			description: "Regular expression (RE2, case-insensitive) for the sender's address and for 'Name &lt;address&gt;'",
		},
		{
			displayName: 'Subject Contains',
			name: 'subjectContains',
			type: 'string',
			default: '',
			placeholder: 'e.g. [PHISHING]',
			description: 'Words in the subject (case-insensitive)',
		},
		{
			displayName: 'Subject Matches Regex',
			name: 'subjectRegex',
			type: 'string',
			default: '',
			placeholder: 'e.g. ^(fwd?|wg): ',
			description:
				'Regular expression (RE2, case-insensitive) for the subject. Start it with (?-i) to make it case-sensitive.',
		},
	],
};

/** Reads the `filters` collection. */
export function messageFilterRules(raw: Record<string, unknown>): MessageFilterRules {
	const names = ['senderContains', 'senderRegex', 'subjectContains', 'subjectRegex'] as const;
	return Object.fromEntries(names.flatMap((name) => (typeof raw[name] === 'string' ? [[name, raw[name]]] : [])));
}
