import type { INodeProperties } from 'n8n-workflow';
import { HUNT_RESULT_DEFAULTS, type HuntResultOptions } from '../../lib/opencti';
import { choiceOption } from '../shared/choices';

const { as, large, recipients } = HUNT_RESULT_DEFAULTS;

const resultsOption: INodeProperties = {
	displayName: 'Hunt Results',
	name: 'huntResults',
	type: 'options',
	options: [
		{
			name: 'Sightings',
			value: 'sightings',
			description:
				'What was hunted for and found, as seen at the mail system, with the number of messages and the first and last time',
		},
		{
			name: 'Sightings and Messages',
			value: 'messages',
			description: 'The same, and each message that was found, with its sender and relay',
		},
		{ name: 'Table Only', value: 'table', description: 'Only the table in the description' },
	],
	default: as,
	description: 'What to create of the results of a hunt, in addition to the table in the description',
};

const recipientsOption: INodeProperties = {
	displayName: 'Hunt Recipients',
	name: 'huntRecipients',
	type: 'options',
	options: [
		{ name: 'Names', value: 'names', description: 'The addresses of those who received a message that was found' },
		{ name: 'Numbers', value: 'counts', description: 'Only how many received it' },
	],
	default: recipients,
	description: 'How to show the recipients of the messages that a hunt found, in the description and in sightings',
};

/** Of reports only: the platform's queue takes no others. */
export const queuedOption: INodeProperties = {
	displayName: 'Large Findings',
	name: 'largeFindings',
	type: 'options',
	options: [
		{ name: 'Note', value: 'note', description: 'List the messages in a note of the report' },
		{
			name: 'Queue',
			value: 'queue',
			description:
				'The same, and put the messages into the queue of the platform. Requires the capability to register connectors.',
		},
	],
	default: large,
	description:
		"What to do if 'Hunt Results' includes messages and the hunt found more than can be created one by one (1,000)",
};

const ownOption: INodeProperties = {
	displayName: 'Own Addresses as Observables',
	name: 'ownAddresses',
	type: 'boolean',
	default: false,
	description:
		"Whether to create observables for the addresses of your own people in the results of a hunt. They are those in 'Own Domains', otherwise those in the domain of the mailbox, otherwise the recipients.",
};

const seenAtOption: INodeProperties = {
	displayName: 'Seen At',
	name: 'seenAt',
	type: 'string',
	default: '',
	placeholder: 'e.g. Example Corp.',
	description: 'Organization at which sightings were made. If not set, it is the mail system that was searched.',
};

/** What becomes of what a hunt found. */
export const huntResultProperties = [resultsOption, recipientsOption, queuedOption, ownOption, seenAtOption];

export interface HuntResultParameters {
	huntResults?: unknown;
	huntRecipients?: unknown;
	largeFindings?: unknown;
	ownAddresses?: boolean;
	seenAt?: string;
}

/** Parameters as the option `huntResults`. */
export function huntResultOptions(parameters: HuntResultParameters): HuntResultOptions {
	const { huntResults, huntRecipients, largeFindings, ownAddresses: own, seenAt } = parameters;
	const place = typeof seenAt === 'string' ? seenAt.trim() : '';
	return {
		as: choiceOption<NonNullable<HuntResultOptions['as']>>(resultsOption, huntResults),
		recipients: choiceOption<NonNullable<HuntResultOptions['recipients']>>(recipientsOption, huntRecipients),
		large: choiceOption<NonNullable<HuntResultOptions['large']>>(queuedOption, largeFindings),
		ownAddresses: own === true,
		...(place === '' ? {} : { seenAt: place }),
	};
}
