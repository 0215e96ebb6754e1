/*
 * libyaml's bare events with its own allocator: what the reader is measured against. Prints
 * nanoseconds a byte, best of the rounds. usage: yaml-events FILE ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void events(const unsigned char *text, size_t len)
{
	yaml_parser_t parser;
	int done = 0;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, text, len);
	while (!done) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event))
			exit(3);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

int main(int argc, char **argv)
{
	static unsigned char text[8 << 20];
	FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
	size_t len = file ? fread(text, 1, sizeof(text), file) : 0;
	double best = 1e300;

	if (!len)
		return 2;
	fclose(file);
	for (int i = atoi(argv[2]); i > 0; i--) {
		double from = now(), spent;

		events(text, len);
		spent = now() - from;
		if (spent < best)
			best = spent;
	}
	printf("%.2f\n", best / (double)len);
	return 0;
}
