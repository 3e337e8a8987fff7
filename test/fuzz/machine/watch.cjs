'use strict';

// A thread beside the one that runs the inputs. That one may stand still, or take memory that no option of Node bounds:
// this one measures it all the same, and ends the process above its limits, or when nobody is left who would.
const { readdirSync, readFileSync, writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');

const EVERY_MILLISECONDS = 5;
const TIME_EVERY = 10;
const ORPHAN_EVERY = 100;
/** Between two looks at the clock. What lies beyond was no time of this process: the machine or the process stood still. */
const MOST_MILLISECONDS_BETWEEN = 1_000;
const { shared, at, marks, parent } = workerData;
const values = new Int32Array(shared);

function end(mark) {
	writeSync(2, `\n${mark}\n`);
	process.kill(process.pid, 'SIGKILL');
}

/**
 * Milliseconds that threads of this process could have run for, but the processors were busy with something else (Linux; 0 elsewhere).
 * A machine with much to do makes every program slow, and that is no fault of an input.
 */
function waitedForProcessors() {
	let nanoseconds = 0;
	try {
		for (const thread of readdirSync('/proc/self/task')) {
			try {
				nanoseconds += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ')[1]);
			} catch {
				// It has ended.
			}
		}
	} catch {
		return 0;
	}
	return nanoseconds / 1e6;
}

const processorTime = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
};

let work = 0;
/** Of the work: when it was last looked at, how long it has gone on, and the figures at its beginning. */
let seen = { now: 0, passed: 0, waited: 0, used: 0 };

/**
 * Something that works for ever uses the processor, and something that waits for ever has no thread that wants one. Neither is hidden by
 * other programs.
 */
function isOverTime(most) {
	const now = performance.now();
	const current = Atomics.load(values, at.work);
	if (current !== work) {
		work = current;
		seen = { now, passed: 0, waited: waitedForProcessors(), used: processorTime() };
		return false;
	}
	seen.passed += Math.min(now - seen.now, MOST_MILLISECONDS_BETWEEN);
	seen.now = now;
	if (seen.passed <= most) return false;
	const working = Math.min(seen.passed, processorTime() - seen.used);
	// A thread that has ended takes its figure with it.
	const waiting = seen.passed - Math.max(0, waitedForProcessors() - seen.waited);
	return Math.max(working, waiting) > most;
}

for (let round = 0; ; round++) {
	Atomics.wait(values, values.length - 1, 0, EVERY_MILLISECONDS);
	const now = Math.round(process.memoryUsage.rss() / 1024);
	if (now > Atomics.load(values, at.peak)) Atomics.store(values, at.peak, now);
	const kilobytes = Atomics.load(values, at.kilobytes);
	if (kilobytes > 0 && now > kilobytes) end(marks.memory);
	if (round % TIME_EVERY === 0) {
		const milliseconds = Atomics.load(values, at.milliseconds);
		if (milliseconds > 0 && isOverTime(milliseconds)) end(marks.time);
	}
	if (round % ORPHAN_EVERY === 0 && process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}
