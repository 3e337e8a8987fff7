// A platform, or an appliance, of the lab behind a network: a proxy that delays each request stands before it, both in a thread of their own.
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** How each lab is started, and what it tells of itself when somebody looks. */
const LABS = {
	opencti: {
		module: require.resolve('../../test/lab/opencti/index.ts'),
		start: `async ({ startOpenCti }) => {
			const stored = ({ counts, reports }) => ({ counts, reports: reports.map(({ name }) => name) });
			const lab = await startOpenCti();
			const look = () => ({ count: lab.traffic.count, operations: lab.requests.length, ...stored(lab.snapshot()), ...(process.env.NAMES ? { names: lab.requests.reduce((all, { operation }) => ({ ...all, [operation]: (all[operation] ?? 0) + 1 }), {}) } : {}) });
			return { lab, look, login: { url: lab.url, token: lab.token } };
		}`,
	},
	esa: {
		module: require.resolve('../../test/lab/scenario/huntTraffic.ts'),
		start: `async ({ huntTraffic }) => {
			const { EsaLab } = require(workerData.esa);
			const lab = await EsaLab.start({ traffic: huntTraffic(Date.now()), user: 'hunter', passphrase: 'Lab-Hunter-1' });
			const look = () => ({ count: lab.requests.length });
			return { lab, look, login: { url: lab.url, user: 'hunter', passphrase: 'Lab-Hunter-1' } };
		}`,
	},
};

/** The lab of this name; each request to it takes `delay` milliseconds more. `look` gives numbers of requests so far, and when the last one ended. */
export async function startDelayed(name, delay) {
	const { module, start } = LABS[name];
	const source = `
		require('tsx/cjs');
		const http = require('node:http');
		const { parentPort, workerData } = require('node:worker_threads');
		let open = 0, mostAtOnce = 0, lastAt = 0;
		(${start})(require(workerData.module)).then(({ login, look }) => {
			const { hostname, port } = new URL(login.url);
			const agent = new http.Agent({ keepAlive: true });
			const proxy = http.createServer((request, response) => {
				mostAtOnce = Math.max(mostAtOnce, ++open);
				response.once('close', () => {
					open -= 1;
					lastAt = Date.now();
				});
				const chunks = [];
				request.on('data', (chunk) => chunks.push(chunk));
				request.on('end', () => setTimeout(() => {
					const { method, url: path, headers } = request;
					const onward = http.request({ hostname, port, method, path, headers, agent }, (answer) => {
						response.writeHead(answer.statusCode, answer.headers);
						answer.pipe(response);
					});
					onward.on('error', () => response.destroy());
					onward.end(Buffer.concat(chunks));
				}, workerData.delay));
			});
			proxy.listen(0, '127.0.0.1', () => {
				parentPort.postMessage({ ...login, url: 'http://127.0.0.1:' + proxy.address().port });
			});
			parentPort.on('message', () => parentPort.postMessage({ ...look(), mostAtOnce, lastAt }));
		});`;
	const worker = new Worker(source, {
		eval: true,
		workerData: { module, delay, esa: require.resolve('../../test/lab/esa/index.ts') },
	});
	const answer = () =>
		new Promise((resolve, reject) => {
			worker.once('message', resolve);
			worker.once('error', reject);
		});
	const login = await answer();
	const look = () => {
		worker.postMessage('look');
		return answer();
	};
	return { login, look, stop: () => worker.terminate() };
}
