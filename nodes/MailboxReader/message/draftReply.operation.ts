import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { AnsweredList, repliedItem, type AnsweredKeys } from '../../../lib/flow';
import { REPLY_LIMITS } from '../../../lib/limits';
import { REPLY_TEMPLATES, type Verdict } from '../../../lib/reported';
import { choiceOption, choiceParameter } from '../../shared/choices';
import { flowItem, outputItem } from '../../shared/flowItem';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';

export const option: INodePropertyOptions = {
	name: 'Draft Reply',
	value: 'draftReply',
	action: 'Draft a reply to the reporter',
	description: 'Write the answer to the person who reported the message. It is not sent: another node does that.',
};

const verdictProperty: INodeProperties = {
	displayName: 'Verdict',
	name: 'verdict',
	type: 'options',
	options: [
		{ name: 'Harmless', value: 'harmless' },
		{ name: 'Junk', value: 'junk' },
		{ name: 'Phishing', value: 'phishing' },
		{ name: 'Undecided', value: 'undecided' },
	],
	default: 'undecided',
	description: 'What the message is. Usually an expression that a step before gives.',
};

const NAMES: Readonly<Record<string, string>> = {
	cs: 'Czech',
	da: 'Danish',
	de: 'German',
	en: 'English',
	es: 'Spanish',
	fi: 'Finnish',
	fr: 'French',
	it: 'Italian',
	nl: 'Dutch',
	no: 'Norwegian',
	pl: 'Polish',
	pt: 'Portuguese',
	sv: 'Swedish',
};
const languages = Object.keys(REPLY_TEMPLATES)
	.map((value) => ({ name: NAMES[value] ?? value, value }))
	.sort((one, other) => one.name.localeCompare(other.name));

const languageProperty: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'options',
	options: [
		{ name: 'Automatic', value: 'auto', description: "That of the reporter's mail program, as far as it is known" },
		...languages,
	],
	default: 'auto',
	description: 'Language of the answer',
};

const defaultLanguageOption: INodeProperties = {
	displayName: 'Default Language',
	name: 'defaultLanguage',
	type: 'options',
	options: languages,
	default: 'en',
	description: "Language if that of the reporter's mail program is not known",
};

export const description = shownFor({ resource: ['message'], operation: ['draftReply'] }, [
	verdictProperty,
	languageProperty,
	{
		displayName: 'Options',
		name: 'replyOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			defaultLanguageOption,
			{
				displayName: 'Findings',
				name: 'findings',
				type: 'boolean',
				default: true,
				description: `Whether to list what was found in the message, defanged, up to ${REPLY_LIMITS.maxFound} values`,
			},
			{
				displayName: 'From',
				name: 'from',
				type: 'string',
				default: '',
				placeholder: 'e.g. Security Team <security@example.com>',
				description: 'Sender of the answer in the file. Leave empty to let the node that sends it decide.',
			},
			{
				displayName: 'Look in Sent Messages',
				name: 'lookInSent',
				type: 'boolean',
				default: false,
				description:
					'Whether to look among the sent messages of this mailbox for the answer, too, so that a reporter gets no second one when n8n has forgotten the first. Finds only what is in its folder of sent messages.',
			},
			{
				displayName: 'Only Once',
				name: 'onlyOnce',
				type: 'boolean',
				default: true,
				description:
					'Whether a reporter gets one answer on the same message only. n8n remembers it for published workflows, not for manual runs, and forgets it with the workflow: see Look in Sent Messages.',
			},
			{
				displayName: 'Template',
				name: 'template',
				type: 'string',
				typeOptions: { rows: 6 },
				default: '',
				description:
					'Text of your own instead of the template of the language. {name}, {subject}, {verdict} and {found} are filled in.',
			},
		],
	},
]);

interface Options {
	defaultLanguage?: unknown;
	findings?: boolean;
	from?: unknown;
	lookInSent?: boolean;
	onlyOnce?: boolean;
	template?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const verdict = choiceParameter<Verdict>(context, verdictProperty, itemIndex);
	const language = choiceParameter<string>(context, languageProperty, itemIndex);
	const options = context.getNodeParameter('replyOptions', itemIndex, {}) as Options;
	const once = options.onlyOnce !== false;
	const item = await repliedItem(flowItem(context, itemIndex), {
		verdict,
		language: language === 'auto' ? undefined : language,
		otherwise: choiceOption<string>(defaultLanguageOption, options.defaultLanguage),
		findings: options.findings !== false,
		template: typeof options.template === 'string' ? options.template : undefined,
		from: typeof options.from === 'string' ? options.from.trim() : '',
		answered: answeredIn(context.getWorkflowStaticData('node'), once),
		...(once && options.lookInSent === true ? { sentMessages: async () => await mailboxes.of(itemIndex) } : {}),
	});
	return await outputItem(context, itemIndex, item);
}

/** Keys of answers that this node has drafted, in what n8n keeps of a published workflow. */
const answeredIn = (data: IDataObject, once: boolean): AnsweredKeys => {
	const list = new AnsweredList(
		() => data.answered,
		(keys) => (data.answered = keys),
	);
	return { has: (key) => once && list.has(key), add: (key) => list.add(key) };
};
