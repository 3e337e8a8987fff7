import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { EmailWarning } from '../../../lib/email';
import type { Indicator } from '../../../lib/indicators';
import { isRecord } from '../../../lib/json';
import { INDICATOR_LIMITS, REPLY_LIMITS } from '../../../lib/limits';
import { sentAnswer } from '../../../lib/mailbox';
import {
	draftReply,
	REPLY_TEMPLATES,
	replyMessage,
	type NoReply,
	type Reply,
	type Verdict,
} from '../../../lib/reported';
import { readAnalysed } from '../../shared/analysis';
import { choiceOption, choiceParameter } from '../../shared/choices';
import { grown } from '../../shared/items';
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

/** Why there is no answer, for people. */
const REASONS = {
	'no-reporter': 'The message was not reported by anybody with an address.',
	automatic: 'A machine sent the report. Automatic mail is never answered (RFC 3834).',
	answered: 'The reporter already has an answer on this message.',
} as const;

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
	const { analysed } = await readAnalysed(context, itemIndex, 'automatic');
	const { email, reported } = analysed;
	const answered = new Answered(context);
	const reply = draftReply(reported, {
		verdict,
		message: email,
		language: language === 'auto' ? undefined : language,
		otherwise: choiceOption<string>(defaultLanguageOption, options.defaultLanguage),
		indicators: options.findings === false ? [] : indicatorsOf(context, itemIndex),
		template: typeof options.template === 'string' ? options.template : undefined,
		...(options.onlyOnce === false ? {} : { isKnown: (key) => answered.has(key) }),
	});
	if (typeof reply === 'string') return skipped(context, itemIndex, reply);
	const looks = options.lookInSent === true && options.onlyOnce !== false;
	const sent = looks
		? await sentAnswer(await mailboxes.of(itemIndex), { ...reply, since: reported?.at })
		: { state: 'not-sent' as const };
	answered.add(reply.key);
	if (sent.state === 'sent') return skipped(context, itemIndex, 'answered');
	const from = typeof options.from === 'string' ? options.from.trim() : '';
	return await withReply(context, itemIndex, reply, { from, warnings: sent.state === 'unknown' ? [NOT_KNOWN] : [] });
}

const NOT_KNOWN: EmailWarning = {
	code: 'sent-messages-not-searched',
	message: `Whether the reporter has an answer already is not known: the mailbox has no folder of sent messages, or more than ${REPLY_LIMITS.maxSentMessages} of them to this address.`,
};

const skipped = (context: IExecuteFunctions, itemIndex: number, reason: NoReply): INodeExecutionData =>
	grown(context, itemIndex, { reply: { skipped: reason, reason: REASONS[reason] } });

async function withReply(
	context: IExecuteFunctions,
	itemIndex: number,
	reply: Reply,
	{ from, warnings }: { from: string; warnings: EmailWarning[] },
): Promise<INodeExecutionData> {
	const item = grown(context, itemIndex, { reply }, { warnings });
	const bytes = replyMessage(reply, from);
	const file = await context.helpers.prepareBinaryData(bytes, 'reply.eml', 'message/rfc822');
	// By the name and type of a message, a node behind would take it for the one of the item.
	return { ...item, binary: { ...item.binary, reply_0: file } };
}

/** What Email to STIX found, as far as it has the form of ours. */
function indicatorsOf(context: IExecuteFunctions, itemIndex: number): Indicator[] {
	const { indicators } = context.getInputData()[itemIndex]!.json as { indicators?: unknown };
	const list = Array.isArray(indicators) ? (indicators as unknown[]) : [];
	return list
		.slice(0, INDICATOR_LIMITS.maxIndicators)
		.filter((entry) => isRecord(entry) && typeof entry.value === 'string') as unknown as Indicator[];
}

/** Keys of answers that this node has drafted, in what n8n keeps of a published workflow. */
class Answered {
	readonly #data: IDataObject;

	constructor(context: IExecuteFunctions) {
		this.#data = context.getWorkflowStaticData('node');
	}

	get #keys(): string[] {
		const { answered } = this.#data;
		return Array.isArray(answered) ? (answered as unknown[]).filter((key) => typeof key === 'string') : [];
	}

	has(key: string): boolean {
		return this.#keys.includes(key);
	}

	add(key: string): void {
		this.#data.answered = [...this.#keys.filter((known) => known !== key), key].slice(-REPLY_LIMITS.maxRemembered);
	}
}
