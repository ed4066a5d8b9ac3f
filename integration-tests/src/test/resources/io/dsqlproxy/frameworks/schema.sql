CREATE TABLE IF NOT EXISTS greeting (id uuid PRIMARY KEY, word text NOT NULL);
CREATE INDEX ASYNC IF NOT EXISTS greeting_word ON greeting (word);
