throw new Error('this file is no kind');
