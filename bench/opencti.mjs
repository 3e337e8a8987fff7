// A thousand reports with one attachment each, next to the same requests sent without a client, into a platform in a worker thread.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { mailWithPdf } from './network/mailWithPdf.mjs';

const require = createRequire(import.meta.url);
const REPORTS = 1_000;

/** A simulated platform in its own thread, so that its work and its memory are not counted as the client's. */
async function startLab() {
	const source = `
		require('tsx/cjs');
		const { parentPort, workerData } = require('node:worker_threads');
		require(workerData.lab).startOpenCti().then((lab) => {
			parentPort.postMessage({ url: lab.url, token: lab.token });
			parentPort.on('message', () => {
				const { reports } = lab.snapshot();
				parentPort.postMessage({ reports: reports.length, files: reports.filter(({ files }) => files.length === 1).length });
			});
		});`;
	const worker = new Worker(source, {
		eval: true,
		workerData: { lab: require.resolve('../test/lab/opencti/index.ts') },
	});
	const answer = () =>
		new Promise((resolve, reject) => {
			worker.once('message', resolve);
			worker.once('error', reject);
		});
	const { url, token } = await answer();
	const count = () => {
		worker.postMessage('count');
		return answer();
	};
	return { url, token, count, stop: () => worker.terminate() };
}

/** The requests of the client, prepared, one after the other over one connection; answers read as JSON. */
async function bare(undici, openCti, lab, drafts) {
	const {
		REPORT,
		EXTERNAL_REFERENCE_ADD,
		REPORT_ADD,
		IMPORT_PUSH,
		MARKINGS,
		IDENTITY_ADD,
	} = require('../dist/lib/opencti/documents/index.js');
	const dispatcher = new undici.Agent({ connections: 1 });
	const send = async (headers, body) => {
		const answer = await undici.request(`${lab.url}/graphql`, {
			dispatcher,
			method: 'POST',
			headers: { authorization: `Bearer ${lab.token}`, 'opencti-retry-number': '1', ...headers },
			body,
		});
		return (await answer.body.json()).data;
	};
	const json = (document, variables) =>
		send(
			{ 'content-type': 'application/json' },
			JSON.stringify({ query: document.text, operationName: document.name, variables }),
		);
	const { markingDefinitions } = await json(MARKINGS, { first: 500 });
	const marking = markingDefinitions.edges.find(({ node }) => node.definition === 'TLP:AMBER+STRICT').node.id;
	const { identityAdd } = await json(IDENTITY_ADD, { input: { type: 'Organization', name: 'Email Intel' } });

	const start = performance.now();
	for (const draft of drafts) {
		await json(REPORT, { id: draft.standardId });
		const [{ sourceName, externalId }] = draft.externalReferences;
		const reference = await json(EXTERNAL_REFERENCE_ADD, {
			input: { source_name: sourceName, external_id: externalId },
		});
		const { name, published, reportTypes, description, content, files } = draft;
		const input = {
			name,
			published,
			report_types: reportTypes,
			description,
			content,
			createdBy: identityAdd.id,
			objectMarking: [marking],
			objectLabel: [],
			objects: [],
			externalReferences: [reference.externalReferenceAdd.id],
		};
		const { reportAdd } = await json(REPORT_ADD, { input });
		const operations = {
			query: IMPORT_PUSH.text,
			operationName: IMPORT_PUSH.name,
			variables: { id: reportAdd.id, file: null, fileMarkings: [marking], noTriggerImport: true },
		};
		const head = (name, more = '') => `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
		const body = Buffer.concat([
			Buffer.from(
				`${head('operations')}${JSON.stringify(operations)}\r\n${head('map')}{"0":["variables.file"]}\r\n${head('0', `; filename="${files[0].name}"`)}`,
			),
			files[0].content,
			Buffer.from('\r\n--B--\r\n'),
		]);
		await send({ 'content-type': 'multipart/form-data; boundary=B' }, body);
	}
	const seconds = (performance.now() - start) / 1_000;
	await dispatcher.close();
	return (4 * drafts.length) / seconds;
}

async function withClient(openCti, lab, drafts, watch) {
	const client = new openCti.OpenCtiClient({ url: lab.url, token: lab.token });
	await client.test();
	const start = performance.now();
	for (const [at, draft] of drafts.entries()) {
		const result = await client.createReport(draft);
		if (!result.complete || !result.created) throw new Error(`Report ${draft.name} is not complete`);
		if (at % 50 === 0) watch();
	}
	const seconds = (performance.now() - start) / 1_000;
	await client.close();
	return (4 * drafts.length) / seconds;
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const openCti = require('../dist/lib/opencti/index.js');
	const undici = require('undici');
	const drafts = Array.from({ length: REPORTS }, (_, at) => openCti.reportFromEmail(mailWithPdf(at)));
	const held = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
	const rates = { bare: [], client: [] };
	let peak = 0;
	// Alternating, each into a fresh platform, so that both see the same machine.
	for (let round = 0; round < 3; round++) {
		for (const kind of ['bare', 'client']) {
			const lab = await startLab();
			globalThis.gc?.();
			const base = held();
			const rate =
				kind === 'bare'
					? await bare(undici, openCti, lab, drafts)
					: await withClient(openCti, lab, drafts, () => (peak = Math.max(peak, held() - base)));
			rates[kind].push(rate);
			const { reports, files } = await lab.count();
			if (reports !== REPORTS || files !== REPORTS)
				throw new Error(`${kind}: ${reports} reports, ${files} with their file`);
			await lab.stop();
		}
	}
	const [best, ours] = [Math.max(...rates.bare), Math.max(...rates.client)];
	report('reports with a file each, four requests a report', Math.round(ours), 'requests/s', {
		comparedWith: 'the same requests, prepared and unchecked',
		theirs: Math.round(best),
		target: { least: 0.9 },
	});
	report(`memory of ${REPORTS} reports above the base`, Math.round(peak / 1e6), 'MB');
}
