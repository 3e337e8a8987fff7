import { timeText } from '../hunt';
import { ceilToMinute, floorToMinute } from '../units';

/** The form has four digits for the year. */
const LAST_MINUTE = Date.UTC(9999, 11, 31, 23, 59);

/** `YYYY-MM-DDThh:mm:00.000Z`: the appliance takes full minutes only. The one that a time is in. */
export const minuteOf = (time: number): string => minuteText(floorToMinute(time));

/** The full minute that ends with a time or after it. */
export const minuteAfter = (time: number): string => minuteText(ceilToMinute(time));

const minuteText = (time: number): string => timeText(Math.min(time, LAST_MINUTE));
