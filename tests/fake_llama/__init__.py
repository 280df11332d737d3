"""A folder that stands in for an installed llama.cpp: put on the path, it is where `xllamacpp` comes from."""
