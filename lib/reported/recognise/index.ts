// How a report is known, and what it is about.
export { isRefused, type Found, type Refused } from './found';
export { asked, recognised } from './recognised';
