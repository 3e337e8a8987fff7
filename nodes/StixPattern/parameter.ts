import type { INodeProperties } from 'n8n-workflow';

export const patternProperty: INodeProperties = {
	displayName: 'Pattern',
	name: 'pattern',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '={{ $json.pattern }}',
	required: true,
	placeholder: "e.g. [email-message:from_ref.value = 'a@example.com']",
	description: 'A STIX 2.1 pattern, such as the one that Build has put on the item',
};
