'use strict';

// A thread beside the one that runs the inputs. That one may stand still, or take memory that no option of Node bounds:
// this one measures it all the same, and ends the process above its limit, or when nobody is left who would.
const { writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');

const EVERY_MILLISECONDS = 5;
const { shared, peakAt, limitAt, orphanEvery, parent, mark } = workerData;
const kilobytes = new Int32Array(shared);

for (let round = 0; ; round++) {
	Atomics.wait(kilobytes, kilobytes.length - 1, 0, EVERY_MILLISECONDS);
	const now = Math.round(process.memoryUsage.rss() / 1024);
	if (now > Atomics.load(kilobytes, peakAt)) Atomics.store(kilobytes, peakAt, now);
	const limit = Atomics.load(kilobytes, limitAt);
	if (limit > 0 && now > limit) {
		writeSync(2, `\n${mark}\n`);
		process.kill(process.pid, 'SIGKILL');
	}
	if (round % orphanEvery === 0 && process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}
