/**
 * `npm run demo`: a mailbox with the example messages and an OpenCTI on this machine, and the example workflow run by
 * n8n's own engine, with the package as n8n loads it from `dist/`. With `--dovecot`: the trigger against a real mail server,
 * through restarts of both (./demo/restart.ts).
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { execute, FakeCredentials, made, poller, type NodeTypeMap } from '../test/engine/engine';
import { exampleMessages, exampleWorkflow } from '../test/engine/exampleWorkflow';
import { EsaLab } from '../test/lab/esa';
import { EmbeddedImap } from '../test/lab/imap';
import { startOpenCti, type OpenCtiLab } from '../test/lab/opencti';
import { huntTraffic } from '../test/lab/scenario/huntTraffic';
import { reportedAgain } from '../test/lab/scenario/reportedPhish';
import { loadPackage } from './demo/package';
import { printRows, say, step } from './demo/print';
import { restartDemo } from './demo/restart';

const root = join(__dirname, '..');
const output = join(root, 'demo-output');
const HUNTER = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

interface Row {
	message: string;
	report: string;
	id: string;
	marking: string;
	files: string;
	warnings: string;
}

async function main(): Promise<number> {
	step('Loading the package as n8n does');
	const types = await loadPackage();
	say(`    ${Object.keys(types).join(', ')}`);

	step('Starting the lab: an IMAP mailbox, an OpenCTI platform and a Cisco Secure Email appliance on this machine');
	const messages = exampleMessages();
	const received = Date.now() - 3_600_000;
	const imap = await EmbeddedImap.start({
		user: 'intel@soc.example.org',
		messages: messages.map(({ raw }, index) => ({ raw, date: new Date(received + index * 60_000) })),
	});
	const platform = await startOpenCti();
	const appliance = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...HUNTER });
	say(`    imap://${imap.host}:${imap.port}, ${messages.length} messages for ${imap.user}`);
	say(`    ${platform.url}, OpenCTI`);
	say(`    ${appliance.url}, Cisco Secure Email with ${appliance.traffic.length} tracked messages`);
	try {
		return await demonstrate(
			types,
			imap,
			platform,
			appliance,
			messages.map(({ name }) => name),
		);
	} finally {
		await imap.close();
		await platform.close();
		await appliance.stop();
	}
}

async function demonstrate(
	types: NodeTypeMap,
	imap: EmbeddedImap,
	platform: OpenCtiLab,
	appliance: EsaLab,
	names: string[],
): Promise<number> {
	const { nodes, connections } = exampleWorkflow('threat-report-mailbox');
	const trigger = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
	const credentials = new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
		emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...HUNTER },
	});
	const run = async (pollNode: INode, label: string) => {
		const mailbox = poller({ types, pollNode, credentials, workflowId: label });
		await mailbox.activate();
		const items = mailbox.emitted[0] ?? [];
		say(`    the trigger handed over ${items.length} messages; running the workflow on them`);
		const result = await execute({
			types,
			nodes,
			connections,
			credentials,
			startNode: pollNode.name,
			startItems: items,
		});
		return {
			mailbox,
			items,
			reports: result.output('Create Report') ?? [],
			bundles: result.output('Email to STIX') ?? [],
			error: result.error(),
		};
	};

	step('First run: examples/threat-report-mailbox.json');
	const first = await run(trigger, 'first');
	const rows = first.items.map((_, index) => rowOf(names[index] ?? '', first.reports[index]));
	say('');
	printTable(rows);
	if (first.error) say(`    ${first.error.message}\n${first.error.description ?? ''}`);
	const failed = rows.filter(({ report }) => report === 'failed').length;
	const stored = platform.snapshot();
	writeOutput(names, first.reports, first.bundles, stored as unknown as IDataObject);

	step('The next poll of the same trigger: nothing is new');
	await first.mailbox.tick();
	say(`    handed over: ${first.mailbox.emitted.length - 1} batches, errors: ${first.mailbox.errors.length}`);

	step('Second run with a lost cursor: the same mail is delivered again');
	const second = await run(trigger, 'second');
	const after = platform.snapshot();
	const again = second.reports.filter(({ json }) => made(json).created === true).length;
	say(
		`    reports on the platform: ${stored.reports.length} before, ${after.reports.length} after; created again: ${again}`,
	);
	say(`    files on the platform: ${countFiles(stored)} before, ${countFiles(after)} after`);

	const hunted = await triage(types, first.items, credentials);
	const answered = await reported(types, platform, imap, credentials);

	const seen = imap.list().filter(({ flags }) => flags.includes('\\Seen')).length;
	step('Done');
	say(
		`    ${rows.length - failed} of ${names.length} messages became reports, ${failed} failed; ${seen} were marked as read in the mailbox`,
	);
	say(`    bundles and reports: ${relative(process.cwd(), output) || '.'}/`);
	const good =
		failed === 0 &&
		first.items.length === names.length &&
		stored.reports.length === names.length &&
		after.reports.length === names.length &&
		again === 0 &&
		hunted &&
		answered &&
		seen === 0;
	return good ? 0 : 1;
}

/** The same messages through examples/phishing-triage.json: indicators, a pattern, a hunt, a report. True when all worked. */
async function triage(types: NodeTypeMap, items: INodeExecutionData[], credentials: FakeCredentials): Promise<boolean> {
	step('Third run: examples/phishing-triage.json – who else received this?');
	const { nodes, connections } = exampleWorkflow('phishing-triage');
	const result = await execute({
		types,
		nodes,
		connections,
		credentials,
		startNode: 'IMAP Mailbox Trigger',
		startItems: items,
	});
	const error = result.error();
	if (error) say(`    ${error.message}`);
	const hunts = result.output('Hunt') ?? [];
	const reports = result.output('Create Report') ?? [];
	say('');
	printRows(
		{ message: 44, indicators: 10, found: 5, 'who else received it': 60, 'objects in the report': 21 },
		hunts.map(({ json }, index) => {
			const { matches, rows } = json.hunt as { matches: number; rows: { recipient?: string[] }[] };
			const objects = (made(reports[index]?.json ?? {}).objects ?? []) as { status: string }[];
			return {
				message: text(json.subject),
				indicators: String((json.indicators as unknown[]).length),
				found: String(matches),
				'who else received it': [...new Set(rows.flatMap(({ recipient }) => recipient ?? []))].join(', '),
				'objects in the report': `${objects.filter(({ status }) => status === 'imported').length} of ${objects.length}`,
			};
		}),
	);
	const complete = reports.filter(({ json }) => made(json).complete === true).length;
	say(`\n    reports with all their objects: ${complete} of ${items.length}`);
	return (
		error === undefined &&
		complete === items.length &&
		hunts.some(({ json }) => (json.hunt as { matches: number }).matches > 0)
	);
}

/**
 * The newest message through examples/reported-phish.json: a phish that somebody reported becomes one report with a first look, what a hunt
 * found, and an answer; a second person who reports it adds a note. True when all worked.
 */
async function reported(
	types: NodeTypeMap,
	platform: OpenCtiLab,
	imap: EmbeddedImap,
	credentials: FakeCredentials,
): Promise<boolean> {
	step('Fourth run: examples/reported-phish.json – the newest message is a phish that somebody reported');
	const { nodes, connections } = exampleWorkflow('reported-phish');
	const trigger = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
	trigger.parameters.options = { firstRunLimit: 1 };
	const mailbox = poller({ types, pollNode: trigger, credentials, workflowId: 'reported-phish' });
	await mailbox.activate();
	say('    now another person reports the same phish');
	imap.append({ raw: reportedAgain(), date: new Date() });
	await mailbox.tick();
	const result = await execute({
		types,
		nodes,
		connections,
		credentials,
		startNode: trigger.name,
		startItems: mailbox.emitted.flat(),
	});
	const error = result.error();
	if (error) say(`    ${error.message}`);
	const items = (result.output('Draft Reply') ?? []).map(({ json }) => ({
		reported: json.reported as { by: { address: string } },
		look: (json.firstLook as { authentication: { verdict: string } }).authentication.verdict,
		found: (json.hunt as { matches: number }).matches,
		report: made({ report: json.report }) as {
			id: string;
			name: string;
			reports: { count: number };
			complete: boolean;
		},
		reply: json.reply as { to: string; language: string; verdict: string; subject: string; text: string },
	}));
	say('');
	printRows(
		{
			'reported by': 24,
			'first look': 10,
			'hunt found': 10,
			report: 40,
			reports: 7,
			'answer to': 24,
			in: 8,
			verdict: 10,
		},
		items.map(({ reported: { by }, look, found, report, reply }) => ({
			'reported by': by.address,
			'first look': look,
			'hunt found': String(found),
			report: report.name,
			reports: String(report.reports.count),
			'answer to': reply.to,
			in: reply.language,
			verdict: reply.verdict,
		})),
	);
	const [first, second] = items;
	if (second) say(`\n${`${second.reply.subject}\n\n${second.reply.text}`.replace(/^(?=.)/gm, '    ')}`);
	const notes = platform.store.ofType('Note').filter(({ data }) => String(data['content']).includes('Mia Example'));
	say(`\n    notes on the report about the second reporter: ${notes.length}`);
	return (
		error === undefined &&
		items.length === 2 &&
		first!.report.id === second!.report.id &&
		second!.report.reports.count === 2 &&
		items.every(
			({ look, found, report, reply }) => look === 'fail' && found > 0 && report.complete && Boolean(reply.to),
		) &&
		notes.length === 1
	);
}

function rowOf(message: string, item: INodeExecutionData | undefined): Row {
	if (item?.json.report === undefined)
		return { message, report: 'failed', id: '', marking: '', files: '', warnings: text(item?.json.error) };
	const json = made(item.json);
	const files = json.files as { name: string; status: string }[];
	const skipped = json.skippedFiles as { name: string; reason: string }[];
	const warnings = json.warnings as { code: string }[];
	return {
		message,
		report: text(json.name),
		id: text(json.standardId).replace('report--', ''),
		marking: (json.markings as string[]).join(' '),
		files: [...files.map(({ name }) => name), ...skipped.map(({ name, reason }) => `(${name}: ${reason})`)].join(', '),
		warnings: [...new Set(warnings.map(({ code }) => code))].join(', '),
	};
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const countFiles = ({ reports }: { reports: { files: unknown[] }[] }) =>
	reports.reduce((sum, { files }) => sum + files.length, 0);

function printTable(rows: Row[]): void {
	printRows({ message: 28, report: 44, id: 36, marking: 16, files: 60, warnings: 60 }, rows);
}

function writeOutput(
	names: string[],
	reports: INodeExecutionData[],
	bundles: INodeExecutionData[],
	platform: IDataObject,
): void {
	rmSync(output, { recursive: true, force: true });
	mkdirSync(output, { recursive: true });
	const write = (name: string, value: unknown) =>
		writeFileSync(join(output, name), `${JSON.stringify(value, null, '\t')}\n`);
	names.forEach((name, index) => {
		const base = name.replace(/\.eml$/, '');
		write(`${base}.report.json`, reports[index]?.json.report ?? reports[index]?.json ?? null);
		write(`${base}.bundle.json`, bundles[index]?.json.bundle ?? bundles[index]?.json ?? null);
	});
	write('opencti.json', platform);
}

(process.argv.includes('--dovecot') ? restartDemo() : main()).then(
	(code) => process.exit(code),
	(error: unknown) => {
		say(error instanceof Error ? (error.stack ?? error.message) : String(error));
		process.exit(1);
	},
);
