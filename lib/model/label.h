/*
 * What the schemas say about a field for people: titles and the labels of codes, in the language of
 * the messages (zh* is Chinese, anything else English).
 */
#ifndef JZ_MODEL_LABEL_H
#define JZ_MODEL_LABEL_H

#include <stdbool.h>

/* True when texts for people are to be Chinese. */
bool jz_lang_zh(void);

/* The text of a {zh: …, en: …} pair in that language; NULL: none there. */
struct jz_node;
const char *jz_label_text(const struct jz_node *pair);

#endif
