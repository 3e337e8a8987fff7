// What OpenCTI takes over a network: a proxy that delays each request stands between the client and the lab.
import { createRequire } from 'node:module';
import { startDelayed } from './network/delayed.mjs';
import { mailWithPdf } from './network/mailWithPdf.mjs';
import { phish } from './network/phish.mjs';

const require = createRequire(import.meta.url);
/** Milliseconds of each request, of which the lab itself takes one or two. */
const DELAY = 150;
/** Of the triage example: those of OpenCTI and of the appliance. */
const TRIAGE_DELAYS = { opencti: 100, esa: 300 };
/** Messages that the hunt finds, each of a subject of its own. */
const HITS = 1_000;
/** Mails of the triage example, of 20 to 60 indicators each. */
const MAILS = 10;
/** The most seconds that each may take. */
const GOALS = { report: 2, fifty: 60, hunt: 60, message: 1 };

const found = (type, value, defanged) => ({
	type,
	value,
	original: value,
	defanged,
	sources: [{ part: 'text' }],
	flags: [],
});

/** A message with 17 IP addresses, of which 5 were defanged, a URL and a file: 22 observables, 5 indicators. */
function reportOf(mail, at) {
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const { reportFromEmail } = require('../dist/lib/opencti/index.js');
	const indicators = [
		...Array.from({ length: 17 }, (_, n) =>
			found('ipv4-addr', `203.${at % 250}.${113 + Math.floor(at / 250)}.${n + 1}`, n < 5),
		),
		found('url', `http://host${at}.example.net/a`, false),
	];
	const bundle = emailToBundle(mail, { indicators, patterns: { policy: 'defanged' }, include: { report: false } });
	return { bundle, draft: reportFromEmail(mail, { indicators }) };
}

const rounded = (seconds) => Number(seconds.toFixed(2));

async function timed(work) {
	const start = performance.now();
	await work();
	return (performance.now() - start) / 1_000;
}

/** A report with all messages that a hunt found: each an object with its sender and relay. */
async function huntOf(client, mail) {
	const { esaRowsToBundle } = require('../dist/lib/esa/index.js');
	const { huntFindings } = require('../dist/lib/opencti/index.js');
	const time = (at) => new Date(Date.UTC(2026, 10, 20) + at * 1_000);
	const found = Array.from({ length: HITS }, (_, at) => ({
		sender: `sender${at % 50}@mailer.example.net`,
		recipient: [`user${at}@soc.example.org`],
		subject: `Your invoice ${at}`,
	}));
	const bundle = esaRowsToBundle(
		found.map((row, at) => ({
			attributes: {
				...row,
				mid: [at + 1],
				serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
				timestamp: `20 Nov 2026 ${time(at).toISOString().slice(11, 19)} (GMT +00:00)`,
				friendly_from: [row.sender],
				senderIp: `203.0.113.${at % 250}`,
				senderDomain: 'mailer.example.net',
				messageStatus: { [at + 1]: 'Delivered' },
				direction: 'incoming',
			},
		})),
	);
	const matchedBy = ["domain-name:value = 'mailer.example.net'"];
	const rows = found.map((row, at) => ({
		...row,
		time: time(at).toISOString(),
		recipients: row.recipient,
		status: 'Delivered',
		matchedBy,
	}));
	const hunts = [huntFindings({ matches: HITS, rows, bundle, complete: true })];
	const result = await client.createReportFromEmail(mail, {
		contents: 'observables',
		hunts,
		huntResults: { as: 'messages' },
	});
	if (!result.complete) throw new Error(JSON.stringify(result.warnings));
	return result;
}

/** The example `phishing-triage` in n8n's engine, from the node behind the trigger on. All items in one run. */
async function triage(report) {
	const { execute, FakeCredentials, made } = require('../test/engine/engine.ts');
	const { exampleWorkflow } = require('../test/engine/exampleWorkflow.ts');
	const [opencti, esa] = [
		await startDelayed('opencti', TRIAGE_DELAYS.opencti),
		await startDelayed('esa', TRIAGE_DELAYS.esa),
	];
	const types = Object.fromEntries(
		['EmailToStix', 'StixPattern', 'CiscoEsa', 'OpenCti'].map((name) => {
			const node = new (require(`../dist/nodes/${name}/${name}.node.js`)[name])();
			return [`n8n-nodes-email-intel.${node.description.name}`, node];
		}),
	);
	const { nodes, connections } = exampleWorkflow('phishing-triage');
	const credentials = new FakeCredentials({
		emailIntelOpenCtiApi: opencti.login,
		emailIntelCiscoEsaApi: { ...esa.login, product: 'ESA' },
	});
	const startItems = Array.from({ length: MAILS }, (_, at) => ({
		json: { source: { kind: 'imap', mailbox: 'triage@soc.example.org', folder: 'INBOX', uid: at + 1 } },
		binary: {
			email: { data: phish(at).toString('base64'), mimeType: 'message/rfc822', fileName: 'message.eml' },
		},
	}));
	let result;
	const seconds = await timed(async () => {
		result = await execute({
			types,
			nodes: nodes.filter(({ name }) => !name.includes('Trigger')),
			connections,
			credentials,
			startNode: 'Email to STIX',
			startItems,
		});
	});
	if (result.error() !== undefined) throw result.error();
	const reports = result.output('Create Report') ?? [];
	const unfinished = reports.filter(({ json }) => made(json).complete !== true);
	if (reports.length !== MAILS || unfinished.length > 0) throw new Error(JSON.stringify(unfinished[0]?.json.warnings));
	const values = reports.map(({ json }) => json.indicators.length);
	report(`indicators of each of the ${MAILS} mails`, values.reduce((sum, one) => sum + one, 0) / MAILS, '', {
		spread: [Math.min(...values), Math.max(...values)],
	});
	const { opencti: toPlatform, esa: toAppliance } = TRIAGE_DELAYS;
	const what = `the triage example at ${toPlatform} ms (OpenCTI) and ${toAppliance} ms (appliance), a message`;
	report(what, rounded(seconds / MAILS), 's', { target: { most: GOALS.message } });
	for (const [name, [run]] of Object.entries(result.run.data.resultData.runData)) {
		report(`… of which ${name}, all messages`, rounded(run.executionTime / 1_000), 's');
	}
	report('its requests to OpenCTI', (await opencti.look()).count, 'requests');
	report('its requests to the appliance', (await esa.look()).count, 'requests');
	await Promise.all([opencti.stop(), esa.stop()]);
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { OpenCtiClient } = require('../dist/lib/opencti/index.js');
	const platform = await startDelayed('opencti', DELAY);
	const { login, look } = platform;
	const make = async (client, at) => {
		const { bundle, draft } = reportOf(mailWithPdf(at), at);
		const result = await client.createReportFromBundle(bundle, { draft });
		if (!result.complete) throw new Error(JSON.stringify(result.objects.filter(({ status }) => status !== 'imported')));
		return result;
	};
	const client = new OpenCtiClient(login);
	await client.test();
	const cold = await timed(() => make(client, 0));
	const first = await look();
	report(`a report of 22 observables, 5 indicators, a file, at ${DELAY} ms`, rounded(cold), 's', {
		target: { most: GOALS.report },
	});
	report('its requests', first.count, `requests with ${first.operations} operations`);
	const again = await timed(() => make(client, 0));
	const second = await look();
	report('the same once more', rounded(again), `s, ${second.count - first.count} requests`);
	const fifty = await timed(() => Promise.all(Array.from({ length: 50 }, (_, at) => make(client, at + 1))));
	const third = await look();
	report('50 such reports', rounded(fifty), `s, ${third.count - second.count} requests`, {
		target: { most: GOALS.fifty },
	});
	const hunt = await timed(() => huntOf(client, mailWithPdf(100)));
	const fourth = await look();
	report(`a hunt of ${HITS} hits, as messages`, rounded(hunt), `s, ${fourth.count - third.count} requests`, {
		target: { most: GOALS.hunt },
	});
	report('most requests at once', fourth.mostAtOnce, '');
	await client.close();
	await platform.stop();
	await triage(report);
}
