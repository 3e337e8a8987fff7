import type { INodeProperties } from 'n8n-workflow';

/** Whose mail a node works on. */
export const analyseProperty: INodeProperties = {
	displayName: 'Analyse',
	name: 'analyse',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'automatic',
			description: 'The reported message if the message is a report or a forward, otherwise the message itself',
		},
		{
			name: 'The Attached Message',
			value: 'attached',
			description: 'The first attached message, or the one that is forwarded in the text, whoever sent it',
		},
		{
			name: 'The Message Itself',
			value: 'itself',
			description: 'The message as it came, with everything attached to it',
		},
	],
	default: 'automatic',
	description:
		"Whose mail it is. Of a reported message, the field 'reported' contains who reported it and how: the reporter is never an indicator.",
};
