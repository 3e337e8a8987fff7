import { SIMILAR_DEFAULTS } from '../lib/defaults';
import type { ContainerChoice, ContainerOptions, FlowItem, Json } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { OPENCTI_LIMITS, SETTING_LIMITS, STIX_LIMITS } from '../lib/limits';
import type { FromEmailOptions, HuntResultOptions, OpenCtiClient, ReportQuery } from '../lib/opencti';
import type { AnyBundle } from '../lib/stix';
import { accountOf } from './shared/accounts';
import { SharedClients } from './shared/client';
import { WORDS } from './shared/defaults';
import { NodeRedError } from './shared/errors';
import { filesOf, inputOf, itemOf, jsonOf, withItem } from './shared/items';
import { analyseOf, leftOutFlags, openingOf, passedOn } from './shared/reading';
import { itemMessages } from './shared/sequence';
import type { FlowMessage, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, Fields, isOn, numberOf, plainList, plainText } from './shared/settings';
import { oneByOne, registerStep, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));

/** One message, and what is to be done with it. */
interface Work {
	RED: Runtime;
	config: NodeConfig;
	fields: Fields;
	property: string;
	message: FlowMessage;
	signal: AbortSignal;
	using: <T>(work: (client: OpenCtiClient) => Promise<T>) => Promise<T>;
}

const OPERATIONS = {
	report: fromEmail('report'),
	case: fromEmail('case'),
	incident: fromEmail('incident'),
	bundle: bundleReport,
	import: importBundle,
	note: addNote,
	findings: addFindings,
	files: addFiles,
	find,
	similar,
} as const;

type Operation = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as [Operation, ...Operation[]];
const DOING: Readonly<Partial<Record<Operation, string>>> = {
	import: 'importing',
	note: 'adding',
	findings: 'adding',
	files: 'uploading',
	find: 'searching',
	similar: 'searching',
};

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-opencti-report', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, NAMES);
		const clients = new SharedClients((draft: string) =>
			connections().openOpenCti(accountOf(RED, config, 'opencti'), draft === '' ? 'live' : { id: draft }),
		);
		return {
			doing: DOING[operation] ?? 'reporting',
			atOnce: OPENCTI_LIMITS.maxItemsAtOnce,
			together: 1,
			close: async () => await clients.close(),
			work: oneByOne(async (message, signal) => {
				const fields = new Fields(RED, node, config, message);
				const using: Work['using'] = async (work) => {
					// What is to be written into a draft must not get into live data.
					const draft = await fields.condition('draft', 'Draft');
					return await clients.using(draft, work);
				};
				return await OPERATIONS[operation]({ RED, config, fields, property, message, signal, using });
			}),
		};
	});
};

/** What was done, in the message. */
const done = ({ RED, property, message }: Work, json: Json, text: string, field: string): StepResult => ({
	send: withItem(RED, message, property, { json, files: {} }),
	text,
	isIncomplete: (json[field] as { complete?: boolean } | undefined)?.complete === false,
});

/** A report, a case or an incident of the message. */
function fromEmail(kind: 'report' | 'case' | 'incident'): (work: Work) => Promise<StepResult> {
	return async (work) => {
		const { RED, fields, config, property, message } = work;
		const item = itemOf(RED, message, property);
		const record = passedOn(RED, message, property);
		if (record !== undefined) return record;
		const options = { ...(await containerOptions(fields, config)), signal: work.signal };
		if (options.contents === 'bundle' && (await flow().bundleOfItem(item)) === undefined) {
			throw new NodeRedError('NODE_RED_INPUT', "'Contents' is the bundle, and the message has none", {
				hint: "Put 'email to stix' (Convert) before this node, or choose Automatic.",
			});
		}
		const choice = await choiceOfKind(kind, fields, config);
		const json = await work.using(async (client) => await flow().containerOfItem(item, client, choice, options));
		const { created } = json[kind] as { created?: boolean };
		return done(work, json, created === false ? `${kind} was there` : `${kind} created`, kind);
	};
}

async function choiceOfKind(
	kind: ContainerChoice['kind'],
	fields: Fields,
	config: NodeConfig,
): Promise<ContainerChoice> {
	const severity = (await fields.text('severity', 'Severity')) || undefined;
	if (kind === 'case') {
		return {
			kind,
			severity,
			priority: (await fields.text('priority', 'Priority')) || undefined,
			responseTypes: await fields.list('responseTypes', 'Response types'),
		};
	}
	if (kind === 'incident') {
		return {
			kind,
			severity,
			incidentType: (await fields.text('incidentType', 'Incident type')) || undefined,
			source: plainText('Source', config.source) || undefined,
		};
	}
	const reportTypes = await fields.list('reportTypes', 'Report types');
	return {
		kind,
		campaignDay: isOn('One report per campaign and day', config.campaignDay),
		reliability: (await fields.text('reliability', 'Reliability')) || undefined,
		...(reportTypes.length === 0 ? {} : { reportTypes }),
	};
}

async function containerOptions(fields: Fields, config: NodeConfig): Promise<ContainerOptions> {
	const namePrefix = plainText('Name prefix', config.namePrefix);
	const attachmentTypes = plainList('Attachments', config.attachmentTypes);
	const notes = await fields.text('notes', 'Notes');
	const author = authorOf(await fields.text('author', 'Author'));
	const given = await fields.raw('findings', 'Findings');
	const findings = flow().stixObjectsOf(typeof given === 'string' ? await fields.json('findings', 'Findings') : given);
	if (findings === undefined) {
		throw new NodeRedError('NODE_RED_INPUT', "'Findings' is not a STIX bundle", {
			hint: 'Choose a property that holds a bundle, or a list of STIX objects.',
		});
	}
	const links = choiceOf('Defang links', linksOf(config.defangLinks), ['auto', 'defang', 'keep']);
	const confidence = numberOf('Confidence', config.confidence, {
		least: 0,
		most: STIX_LIMITS.maxConfidence,
		otherwise: undefined,
	});
	return {
		analyse: analyseOf(config),
		opening: await openingOf(fields, config),
		tlp: choiceOf('TLP', config.tlp, ['auto', 'clear', 'green', 'amber', 'amber+strict', 'red']),
		contents: choiceOf('Contents', config.contents, ['auto', 'bundle', 'observables', 'indicators', 'none']),
		leaveOut: leftOutFlags(config),
		roles: isOn('Label observables', config.labelObservables, true),
		markings: await fields.list('markings', 'Markings'),
		labels: await fields.list('labels', 'Labels'),
		ownDomains: await fields.list('ownDomains', 'Own domains'),
		findings,
		findingsSource: given,
		originalEmail: isOn('Upload the original message', config.originalEmail),
		triggerImport: isOn('Start import connectors', config.triggerImport),
		missingLabels: choiceOf('Labels missing', config.missingLabels, ['create', 'skip', 'error']),
		sameNameAndDate: choiceOf('Same name', config.sameNameAndDate, ['separate', 'merge']),
		huntResults: huntResultsOf(config),
		...(await publicationOf(fields, config)),
		...(links === 'auto' ? {} : { links }),
		...existingOf(config),
		...(author === undefined ? {} : { author }),
		...(notes === '' ? {} : { notes }),
		...(namePrefix === '' ? {} : { namePrefix: `${namePrefix} ` }),
		...(attachmentTypes.length === 0 ? {} : { attachmentTypes }),
		...(confidence === undefined ? {} : { confidence }),
	};
}

/** A tick of a flow that was saved when the field was one. */
const linksOf = (value: unknown): unknown => (value === true ? 'defang' : value === false ? 'keep' : value);

const existingOf = (config: NodeConfig): { existing?: 'update' } =>
	isOn('Update what is there', config.updateExisting) ? { existing: 'update' } : {};

/** An author of the list is an id; a name is looked for, and created if it is not there. */
const authorOf = (text: string): FromEmailOptions['author'] => {
	if (text === '') return undefined;
	return /^(?:[a-z-]+--)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text) ? { id: text } : text;
};

function huntResultsOf(config: NodeConfig): HuntResultOptions {
	const seenAt = plainText('Seen at', config.seenAt);
	return {
		as: choiceOf('Hunt results', config.huntResults, ['sightings', 'messages', 'table']),
		recipients: choiceOf('Recipients', config.huntRecipients, ['names', 'counts']),
		large: choiceOf('Large findings', config.largeFindings, ['note', 'queue']),
		ownAddresses: isOn('Own addresses as observables', config.ownAddresses),
		...(seenAt === '' ? {} : { seenAt }),
	};
}

async function publicationOf(
	fields: Fields,
	config: NodeConfig,
): Promise<Pick<FromEmailOptions, 'published' | 'publishedFallback'>> {
	const published = choiceOf('Published', config.published, ['date', 'received', 'at']);
	const at = await fields.time('publishedAt', 'Published at');
	if (published !== 'at') return { published, ...(at === undefined ? {} : { publishedFallback: at }) };
	if (at !== undefined) return { published: at };
	throw new NodeRedError('NODE_RED_INPUT', "'Published' is At, and 'Published at' is empty", {
		hint: "Fill in 'Published at', or choose another date in 'Published'.",
	});
}

/** The bundle of the message, or of the property that is named. */
async function bundleIn({
	RED,
	fields,
	property,
	message,
}: Work): Promise<{ json: Json; bundle: AnyBundle } | { record: StepResult }> {
	const json = jsonOf(RED, message, property);
	const record = passedOn(RED, message, property, [await fields.raw('bundle', 'Bundle')]);
	if (record !== undefined) return { record };
	const bundle = await fields.json('bundle', 'Bundle');
	if (bundle !== undefined) return { json, bundle: bundle as AnyBundle };
	throw new NodeRedError('NODE_RED_INPUT', "'Bundle' is empty", {
		hint: 'Choose the property that holds the STIX bundle.',
	});
}

async function bundleReport(work: Work): Promise<StepResult> {
	const found = await bundleIn(work);
	if ('record' in found) return found.record;
	const { fields, config } = work;
	const markings = await fields.list('markings', 'Markings');
	const name = await fields.text('reportName', 'Name');
	const published = await fields.time('publishedAt', 'Published at');
	const options = {
		labels: await fields.list('labels', 'Labels'),
		roles: isOn('Label observables', config.labelObservables, true),
		...(markings.length === 0 ? {} : { marking: markings }),
		...existingOf(config),
		...(name === '' ? {} : { name }),
		...(published === undefined ? {} : { published }),
	};
	const json = await work.using(
		async (client) => await flow().bundleReportItem(found.json, client, found.bundle, options),
	);
	const { created } = json.report as { created?: boolean };
	return done(work, json, created === false ? 'report was there' : 'report created', 'report');
}

async function importBundle(work: Work): Promise<StepResult> {
	const found = await bundleIn(work);
	if ('record' in found) return found.record;
	const { config } = work;
	const tlp = choiceOf('TLP', config.tlp, ['auto', 'clear', 'green', 'amber', 'amber+strict', 'red']);
	const options = {
		mode: choiceOf('Mode', config.mode, ['direct', 'file', 'push']),
		roles: isOn('Label observables', config.labelObservables, true),
		...(tlp === 'auto' ? {} : { marking: tlp }),
		...existingOf(config),
	};
	const json = await work.using(async (client) => await flow().importedItem(found.json, client, found.bundle, options));
	return done(work, json, 'imported', 'imported');
}

/** What is added to: the one that a node before has made or found, unless the node says another. */
async function targetOf({ fields }: Work, json: Json): Promise<string> {
	const target = (await fields.condition('target', 'Report')) || flow().madeBefore(json);
	if (target !== undefined) return target;
	throw new NodeRedError('NODE_RED_INPUT', 'The message has no report, case or incident to add to', {
		hint: "Put a node before this one that creates or finds one, or enter its ID in 'Report'.",
	});
}

async function addNote(work: Work): Promise<StepResult> {
	const { RED, fields, property, message } = work;
	const json = jsonOf(RED, message, property);
	const record = passedOn(RED, message, property);
	if (record !== undefined) return record;
	const title = await fields.text('noteTitle', 'Title');
	const note = { content: await fields.filledText('note', 'Note'), ...(title === '' ? {} : { title }) };
	const target = await targetOf(work, json);
	const options = await additionOptions(fields);
	const added = await work.using(async (client) => await flow().notedItem(json, client, target, note, options));
	return done(work, added, 'note added', 'added');
}

async function additionOptions(fields: Fields): Promise<{ markings?: string[] }> {
	const markings = await fields.list('markings', 'Markings');
	return markings.length === 0 ? {} : { markings };
}

async function addFindings(work: Work): Promise<StepResult> {
	const { fields, config } = work;
	const found = itemIn(work);
	if ('record' in found) return found.record;
	const { item } = found;
	if (!flow().hasHunts(item.json)) {
		throw new NodeRedError('NODE_RED_INPUT', 'The message has no results of a hunt', {
			hint: "Put a 'hunt' node before this one. A node in between must keep its payload.",
		});
	}
	const target = await targetOf(work, item.json);
	const options = {
		...(await additionOptions(fields)),
		huntResults: huntResultsOf(config),
		ownDomains: await fields.list('ownDomains', 'Own domains'),
	};
	const json = await work.using(async (client) => await flow().findingsItem(item, client, target, options));
	return done(work, json, 'findings added', 'added');
}

/** The item of a message whose JSON is there already, and its files. */
function itemIn({ RED, property, message }: Work): { item: FlowItem } | { record: StepResult } {
	const json = jsonOf(RED, message, property);
	const record = passedOn(RED, message, property);
	return record === undefined ? { item: { json, files: filesOf(message) } } : { record };
}

async function addFiles(work: Work): Promise<StepResult> {
	const { fields, config } = work;
	const found = itemIn(work);
	if ('record' in found) return found.record;
	const { item } = found;
	const wanted = plainList('Files', config.files);
	const names = wanted.length === 0 || wanted.includes('*') ? item.files.keys : wanted;
	const missing = names.find((name) => !item.files.keys.includes(name));
	if (missing !== undefined) {
		throw new NodeRedError('NODE_RED_INPUT', `msg.binary.${missing.slice(0, 200)} is missing`, {
			hint: "Check 'Files', or enter * for all of them.",
		});
	}
	const target = await targetOf(work, item.json);
	const options = {
		names,
		noFiles: WORDS.noFiles,
		triggerImport: isOn('Start import connectors', config.triggerImport),
		...(await additionOptions(fields)),
	};
	const json = await work.using(async (client) => await flow().filesItem(item, client, target, options));
	return done(work, json, `${names.length} files`, 'added');
}

/** A message for each report that was found. */
async function find(work: Work): Promise<StepResult> {
	const { RED, fields, config, property, message } = work;
	const json = jsonOf(RED, message, property);
	const by = choiceOf('Find by', config.findBy, ['messageId', 'id', 'name']);
	const given = await fields.raw(by === 'messageId' ? 'messageId' : by === 'id' ? 'target' : 'reportName', 'Find by');
	const record = passedOn(RED, message, property, [given]);
	if (record !== undefined) return record;
	const query = await queryOf(by, fields);
	const reports = query === undefined ? [] : await work.using(async (client) => await client.findReports(query));
	const items = flow().foundReportItems(json, reports);
	const text = reports.length === 0 ? 'no report' : `${reports.length} reports`;
	if (items.length > 1) return { send: [itemMessages(RED, message, property, items)], text };
	return { send: withItem(RED, message, property, { json: items[0]!, files: {} }), text };
}

/** Undefined for a message that has none by which it could be found. */
async function queryOf(by: 'messageId' | 'id' | 'name', fields: Fields): Promise<ReportQuery | undefined> {
	if (by === 'id') return { id: await fields.filledText('target', 'Report') };
	if (by === 'messageId') {
		const messageId = await fields.raw('messageId', 'Message-ID');
		if (flow().isNothing(messageId)) return undefined;
		return { messageId: await fields.text('messageId', 'Message-ID') };
	}
	const published = await fields.time('publishedAt', 'Published at');
	const name = await fields.filledText('reportName', 'Name');
	if (published !== undefined) return { name, published };
	throw new NodeRedError('NODE_RED_INPUT', "'Published at' is empty", {
		hint: 'A report is found by its name and its date, to the second.',
	});
}

async function similar(work: Work): Promise<StepResult> {
	const { RED, config, property, message, signal } = work;
	const item = itemOf(RED, message, property);
	const record = passedOn(RED, message, property);
	if (record !== undefined) return record;
	const { limit: otherwise } = SIMILAR_DEFAULTS;
	const limit = numberOf('Limit', config.limit, { least: 1, most: SETTING_LIMITS.maxCount, otherwise });
	const json = await work.using(async (client) => await flow().similarItem(item, client, { limit, signal }));
	return done(work, json, 'searched', 'similar');
}
