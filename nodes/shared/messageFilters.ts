import type { INodeProperties } from 'n8n-workflow';
import type { MessageFilterRules } from '../../lib/mailbox';

/** Which messages a trigger takes; the names are those of lib's rules. */
export const messageFiltersProperty: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	description: 'Only messages that pass all of these start the workflow. The others count as handled.',
	options: [
		{
			displayName: 'Sender Contains',
			name: 'senderContains',
			type: 'string',
			default: '',
			placeholder: 'e.g. @example.com',
			description: "Words of the sender's address or name, in upper or lower case",
		},
		{
			displayName: 'Sender Matches Regex',
			name: 'senderRegex',
			type: 'string',
			default: '',
			placeholder: 'e.g. ^(abuse|security)@',
			description: "Regular expression (RE2), sought in the sender's address and in 'Name &lt;address&gt;'",
		},
		{
			displayName: 'Subject Contains',
			name: 'subjectContains',
			type: 'string',
			default: '',
			placeholder: 'e.g. [PHISHING]',
			description: 'Words of the subject, in upper or lower case',
		},
		{
			displayName: 'Subject Matches Regex',
			name: 'subjectRegex',
			type: 'string',
			default: '',
			placeholder: 'e.g. ^(fwd?|wg): ',
			description:
				'Regular expression (RE2), sought in the subject. Begin it with (?-i) to tell upper from lower case.',
		},
	],
};

/** Reads the `filters` collection. */
export function messageFilterRules(raw: Record<string, unknown>): MessageFilterRules {
	const names = ['senderContains', 'senderRegex', 'subjectContains', 'subjectRegex'] as const;
	return Object.fromEntries(names.flatMap((name) => (typeof raw[name] === 'string' ? [[name, raw[name]]] : [])));
}
