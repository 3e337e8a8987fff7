// What OpenCTI takes over a network: a proxy that delays each request stands between the client and the lab.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
/** Milliseconds of each request, of which the lab itself takes one or two. */
export const DELAY = 150;

/** The lab and the proxy in a thread of their own. */
export async function startDelayed(delay = DELAY) {
	const source = `
		require('tsx/cjs');
		const http = require('node:http');
		const { parentPort, workerData } = require('node:worker_threads');
		let open = 0, mostAtOnce = 0;
		require(workerData.lab).startOpenCti().then((lab) => {
			const { hostname, port } = new URL(lab.url);
			const proxy = http.createServer((request, response) => {
				mostAtOnce = Math.max(mostAtOnce, ++open);
				response.once('close', () => (open -= 1));
				const chunks = [];
				request.on('data', (chunk) => chunks.push(chunk));
				request.on('end', () => setTimeout(() => {
					const { method, url: path, headers } = request;
					const onward = http.request({ hostname, port, method, path, headers }, (answer) => {
						response.writeHead(answer.statusCode, answer.headers);
						answer.pipe(response);
					});
					onward.on('error', () => response.destroy());
					onward.end(Buffer.concat(chunks));
				}, workerData.delay));
			});
			proxy.listen(0, '127.0.0.1', () => {
				parentPort.postMessage({ url: 'http://127.0.0.1:' + proxy.address().port, token: lab.token });
			});
			parentPort.on('message', () => {
				const { counts } = lab.snapshot();
				parentPort.postMessage({ count: lab.traffic.count, mostAtOnce, operations: lab.requests.length, counts });
			});
		});`;
	const worker = new Worker(source, {
		eval: true,
		workerData: { lab: require.resolve('../test/lab/opencti/index.ts'), delay },
	});
	const answer = () =>
		new Promise((resolve, reject) => {
			worker.once('message', resolve);
			worker.once('error', reject);
		});
	const { url, token } = await answer();
	const look = () => {
		worker.postMessage('look');
		return answer();
	};
	return { url, token, look, stop: () => worker.terminate() };
}

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

async function timed(work) {
	const start = performance.now();
	await work();
	return (performance.now() - start) / 1_000;
}

/** Figures for {@link DELAY}; `mailOf` makes the message of a number, with a PDF. */
export async function network(report, mailOf) {
	const { OpenCtiClient } = require('../dist/lib/opencti/index.js');
	const platform = await startDelayed();
	const { url, token, look } = platform;
	const make = async (client, at) => {
		const { bundle, draft } = reportOf(mailOf(at), at);
		const result = await client.createReportFromBundle(bundle, { draft });
		if (!result.complete) throw new Error(JSON.stringify(result.objects.filter(({ status }) => status !== 'imported')));
		return result;
	};
	const client = new OpenCtiClient({ url, token });
	await client.test();
	const cold = await timed(() => make(client, 0));
	const first = await look();
	report(`a report of 22 observables, 5 indicators, a file, at ${DELAY} ms (at most 2.0)`, cold.toFixed(2), 's');
	report('its requests, and the operations in them', `${first.count}, ${first.operations}`, '');
	const again = await timed(() => make(client, 0));
	const second = await look();
	report('the same once more', again.toFixed(2), `s, ${second.count - first.count} requests`);
	const fifty = await timed(() => Promise.all(Array.from({ length: 50 }, (_, at) => make(client, at + 1))));
	const third = await look();
	report('50 such reports (at most 60)', fifty.toFixed(1), `s, ${third.count - second.count} requests`);
	report('most requests at once', third.mostAtOnce, '');
	await client.close();
	await platform.stop();
	if (cold > 2 || fifty > 60) process.exitCode = 1;
}
